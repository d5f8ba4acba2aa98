/** An issuer of tokens for tests: signs JWTs, and serves its public keys on loopback. */
import { exportJWK, generateKeyPair, SignJWT } from "jose";

export const AUDIENCE = "specchat";

interface SigningKey {
  /** Tokens have it. Undefined: they name no key. */
  readonly kid: string | undefined;
  readonly privateKey: CryptoKey;
  readonly jwk: object;
}

export class TokenIssuer {
  /** The keys that the server publishes, the one that signs last. */
  keys: SigningKey[];
  /** False while the server is down. */
  isUp = true;
  /** Requests for keys. */
  requests = 0;
  readonly #server: Bun.Server<undefined>;

  private constructor(key: SigningKey) {
    this.keys = [key];
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => {
        this.requests += 1;
        if (!this.isUp) return new Response("down", { status: 503 });
        return Response.json({ keys: this.keys.map(({ jwk }) => jwk) });
      },
    });
  }

  static async start(): Promise<TokenIssuer> {
    return new TokenIssuer(await createKey("k1"));
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  get jwksUrl(): string {
    return `${this.issuer}/keys`;
  }

  /** The settings with which specchat accepts the tokens. */
  get argv(): string[] {
    return ["--jwt-jwks", this.jwksUrl, "--jwt-issuer", this.issuer, "--jwt-audience", AUDIENCE];
  }

  async rotate(kid: string, keepsOld: boolean): Promise<void> {
    const key = await createKey(kid);
    this.keys = keepsOld ? [...this.keys, key] : [key];
  }

  /** Signs a token of a user, which lasts an hour. Claims that are undefined are left out. */
  async sign(claims: Readonly<Record<string, unknown>> = {}, key = this.keys.at(-1)): Promise<string> {
    if (!key) throw new Error("the issuer has no key");
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: this.issuer, aud: AUDIENCE, sub: "alice", iat: now, exp: now + 3600, ...claims };
    return await new SignJWT(all)
      .setProtectedHeader({ alg: "RS256", ...(key.kid !== undefined && { kid: key.kid }) })
      .sign(key.privateKey);
  }

  async stop(): Promise<void> {
    await this.#server.stop(true);
  }
}

async function createKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" } };
}
