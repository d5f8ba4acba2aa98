/** The methods of authentication: keys of issuers, load balancers and proxies. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHmac, generateKeyPairSync } from "node:crypto";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { createAuthenticator } from "../../../src/access/authentication/authenticator.ts";
import type { Identity } from "../../../src/access/types.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { AppError } from "../../../src/errors.ts";
import { AUDIENCE, TokenIssuer } from "../../support/token-issuer.ts";

const NO_HEADERS = {};

/** Creates an authenticator whose clock the test moves. */
async function start(argv: readonly string[]) {
  const { config } = loadConfig({ argv, environment: {}, readFile: () => undefined });
  const warnings: string[] = [];
  const clock = { now: Date.now() };
  const authenticator = await createAuthenticator(config, {
    fetch: (url, init) => fetch(url, init),
    now: () => clock.now,
    warn: (message) => void warnings.push(message),
    onKeyChange: () => {},
  });
  /** Returns the identity, or the reason of the refusal. */
  const identify = async (
    headers: Readonly<Record<string, string>>,
    peer = "127.0.0.1",
  ): Promise<Identity | string | undefined> => {
    try {
      return await authenticator.authenticate({ headers: new Headers(headers), peer });
    } catch (error) {
      if (error instanceof AppError && error.reason !== undefined) return error.reason;
      throw error;
    }
  };
  return { authenticator, clock, identify, warnings };
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

describe("keys of an issuer", () => {
  let issuer: TokenIssuer;
  beforeAll(async () => {
    issuer = await TokenIssuer.start();
  });
  afterAll(() => issuer.stop());

  test("are fetched once for many tokens, and again for a key that is new.", async () => {
    const { clock, identify } = await start(issuer.argv);
    const tokens = await Promise.all(["ada", "bob", "cleo"].map((sub) => issuer.sign({ sub })));
    const before = issuer.requests;
    const users = await Promise.all(tokens.map((token) => identify(bearer(token))));
    expect(users.map((user) => (user as Identity).user)).toEqual(["ada", "bob", "cleo"]);
    expect(issuer.requests - before).toBe(1);
    await issuer.rotate("k2", true);
    const rotated = await issuer.sign({ sub: "dan" });
    // Unknown keys cause a request every 30 seconds at most.
    clock.now += 31_000;
    expect(await identify(bearer(rotated))).toMatchObject({ user: "dan" });
    expect(issuer.requests - before).toBe(2);
  });

  test("that are gone verify no token any more, also one that was verified before.", async () => {
    const { clock, identify } = await start([...issuer.argv, "--jwt-clock-skew", "0"]);
    const old = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 86_400 });
    expect(await identify(bearer(old))).toMatchObject({ user: "alice" });
    await issuer.rotate("k3", false);
    clock.now += 601_000;
    const fresh = await issuer.sign({ exp: Math.floor(clock.now / 1000) + 3600 });
    expect(await identify(bearer(fresh))).toMatchObject({ user: "alice" });
    expect(await identify(bearer(old))).toBe("invalid_token");
  });

  test("are all tried for a token without the id of its key.", async () => {
    const rotating = await TokenIssuer.start();
    await rotating.rotate("k2", true);
    await rotating.rotate("k3", true);
    const stranger = await TokenIssuer.start();
    const { identify } = await start(rotating.argv);
    const [first, second, third] = rotating.keys.map(({ privateKey, jwk }) => ({
      privateKey,
      jwk,
      kid: undefined,
    }));
    for (const key of [first, second, third])
      expect(await identify(bearer(await rotating.sign({}, key)))).toMatchObject({ user: "alice" });
    const [foreign] = stranger.keys;
    const forged = await rotating.sign({}, foreign && { ...foreign, kid: undefined });
    expect(await identify(bearer(forged))).toBe("invalid_token");
    expect(await identify(bearer(await rotating.sign({ aud: "another" }, second)))).toBe("wrong_audience");
    await Promise.all([rotating.stop(), stranger.stop()]);
  });

  test("are used on while the issuer is down. Without any, the answer is 503.", async () => {
    const { clock, identify, warnings } = await start(issuer.argv);
    const token = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 86_400 });
    expect(await identify(bearer(token))).toMatchObject({ user: "alice" });
    issuer.isUp = false;
    clock.now += 3_600_000;
    expect(await identify(bearer(token))).toMatchObject({ user: "alice" });
    expect(warnings.filter((text) => !text.endsWith("keeping the previous ones"))).toEqual([]);
    const late = await start(issuer.argv);
    expect(await late.identify(bearer(token))).toBe("keys_unavailable");
    issuer.isUp = true;
    late.clock.now += 6000;
    expect(await late.identify(bearer(token))).toMatchObject({ user: "alice" });
  });
});

describe("--jwt-key", () => {
  const now = Math.floor(Date.now() / 1000);
  const claims = { aud: AUDIENCE, sub: "alice", exp: now + 600 };
  const withKey = (key: string) => ["--jwt-key", key, "--jwt-audience", AUDIENCE];

  test.each(["RS256", "PS256", "ES256", "EdDSA"])(
    "verifies %s by a public key as PEM or JWK.",
    async (alg) => {
      const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
      const token = await new SignJWT(claims).setProtectedHeader({ alg }).sign(privateKey);
      for (const key of [await exportSPKI(publicKey), JSON.stringify(await exportJWK(publicKey))])
        expect(await (await start(withKey(key))).identify(bearer(token))).toMatchObject({ user: "alice" });
    },
  );

  test("takes a public key for no secret: a token signed with its text is refused.", async () => {
    const { publicKey } = await generateKeyPair("RS256");
    const pem = await exportSPKI(publicKey);
    const { identify } = await start(withKey(pem));
    const [header, payload] = [{ alg: "HS256" }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString("base64url"),
    );
    const signature = createHmac("sha256", pem).update(`${header}.${payload}`).digest("base64url");
    expect(await identify(bearer(`${header}.${payload}.${signature}`))).toBe("invalid_token");
  });

  test("refuses a short secret and a private key.", () => {
    expect(start(withKey("a-secret-of-24-characters"))).rejects.toThrow(
      "--jwt-key is not a secret of at least 32 bytes.",
    );
    const { privateKey } = generateKeyPairSync("ed25519");
    const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    expect(start(withKey(pem))).rejects.toThrow("the private key stays with the issuer");
  });

  test("maps claims by name and by path, and refuses a token without the organization.", async () => {
    const secret = "a-secret-of-at-least-thirty-two-bytes";
    const { identify } = await start([
      ...withKey(secret),
      ...["--jwt-user-claim", "email,sub", "--jwt-organization-claim", "tenant.id"],
      ...["--jwt-roles-claim", "realm_access.roles,cognito:groups,scope"],
    ]);
    const sign = (more: object) =>
      new SignJWT({ ...claims, ...more })
        .setProtectedHeader({ alg: "HS256" })
        .sign(new TextEncoder().encode(secret));
    const full = await sign({
      email: "ada@acme.com",
      tenant: { id: 7 },
      realm_access: { roles: ["reader", 1, "writer"] },
      "cognito:groups": ["writer", "admin"],
      scope: "chat read",
    });
    expect(await identify(bearer(full))).toEqual({
      user: "ada@acme.com",
      organization: "7",
      roles: ["reader", "writer", "admin", "chat", "read"],
      method: "jwt",
      expiresAt: (claims.exp + 30) * 1000,
    });
    expect(await identify(bearer(await sign({})))).toBe("missing_claim");
  });
});

describe("an Application Load Balancer", () => {
  const ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/chat/0123456789abcdef";
  const KID = "0f7ce32b-ca4c-4b4f-9a2e-9f4d2a1f6b0e";
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  let keys: Bun.Server<undefined>;
  let requested: string[] = [];
  beforeAll(() => {
    keys = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        requested.push(new URL(request.url).pathname);
        return request.url.endsWith(KID)
          ? new Response(publicKey.export({ format: "pem", type: "spki" }).toString())
          : new Response("none", { status: 403 });
      },
    });
  });
  afterAll(() => keys.stop(true));

  const startBehind = () =>
    start(["--alb-signer", ARN, "--alb-keys", `http://127.0.0.1:${keys.port}`, "--jwt-user-claim", "email"]);

  /** Signs as a load balancer does: with padding, which RFC 7515 forbids. */
  async function signPadded(header: object = {}, payload: object = {}): Promise<string> {
    const exp = Math.floor(Date.now() / 1000) + 120;
    const encode = (value: object) =>
      Buffer.from(JSON.stringify(value)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
    const signed = [
      { alg: "ES256", kid: KID, signer: ARN, iss: "https://id.acme.com", client: "chat", exp, ...header },
      { sub: "0c1f", email: "ada@acme.com", exp, iss: "https://id.acme.com", ...payload },
    ]
      .map(encode)
      .join(".");
    const key = await crypto.subtle.importKey(
      "pkcs8",
      privateKey.export({ format: "der", type: "pkcs8" }),
      { name: "ECDSA", namedCurve: "P-256" },
      false,
      ["sign"],
    );
    const bytes = new TextEncoder().encode(signed);
    const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, bytes);
    return `${signed}.${Buffer.from(signature).toString("base64").replaceAll("+", "-").replaceAll("/", "_")}`;
  }

  const header = (token: string) => ({ "x-amzn-oidc-data": token });

  test("is accepted by its signature, also with padding. Its key is fetched once.", async () => {
    requested = [];
    const { identify } = await startBehind();
    const tokens = await Promise.all([
      signPadded(),
      signPadded({}, { email: "bob@acme.com" }),
      signPadded({}, { email: "cleo@acme.co" }),
    ]);
    expect(tokens.filter((token) => token.includes("=")).length).toBeGreaterThan(0);
    const identities = await Promise.all(tokens.map((token) => identify(header(token))));
    expect(identities.map((identity) => (identity as Identity).user)).toEqual([
      "ada@acme.com",
      "bob@acme.com",
      "cleo@acme.co",
    ]);
    expect(requested).toEqual([`/${KID}`]);
  });

  test("is refused with another signer, a wrong signature, past its end, or no user.", async () => {
    const { identify } = await startBehind();
    const [head = "", , signature = ""] = (await signPadded()).split(".");
    const forged = Buffer.from(JSON.stringify({ email: "eve@acme.com" })).toString("base64url");
    const past = Math.floor(Date.now() / 1000) - 60;
    requested = [];
    const refusals = {
      signer: await identify(header(await signPadded({ signer: ARN.replace("chat", "other") }))),
      path: await identify(header(await signPadded({ kid: "../secrets" }))),
      signature: await identify(header(`${head}.${forged}.${signature}`)),
      expired: await identify(header(await signPadded({ exp: past }, { exp: past }))),
      user: await identify(header(await signPadded({}, { email: undefined }))),
      text: await identify(header("none")),
    };
    expect(refusals).toEqual({
      signer: "wrong_issuer",
      path: "invalid_token",
      signature: "invalid_token",
      expired: "expired",
      user: "missing_claim",
      text: "invalid_token",
    });
    expect(requested).toEqual([`/${KID}`]);
    expect(await identify(NO_HEADERS)).toBeUndefined();
  });
});

describe("headers of a proxy", () => {
  const settings = [
    ...["--identity-headers", "user=X-User,organization=X-Org,roles=X-Roles", "--trusted-proxies", "1"],
    ...["--identity-proxies", "10.0.0.0/8,127.0.0.1"],
  ];
  const ada = { "X-User": "ada", "X-Org": "acme", "X-Roles": "reader, writer" };
  const identity: Identity = {
    user: "ada",
    organization: "acme",
    roles: ["reader", "writer"],
    method: "proxy",
  };

  test.each<[string, Readonly<Record<string, string>>, string, Identity | string | undefined]>([
    ["a trusted address", ada, "127.0.0.1", identity],
    ["a trusted network", ada, "10.9.8.7", identity],
    ["IPv4 in IPv6", ada, "::ffff:10.9.8.7", identity],
    ["another address", ada, "192.0.2.1", "untrusted_proxy"],
    ["another address, with roles alone", { "X-Roles": "admin" }, "192.0.2.1", "untrusted_proxy"],
    ["a closed connection", ada, "", "untrusted_proxy"],
    ["no headers", NO_HEADERS, "192.0.2.1", undefined],
    ["no user", { "X-Org": "acme" }, "10.0.0.1", "missing_claim"],
    ["no organization", { "X-User": "ada" }, "10.0.0.1", "missing_claim"],
    ["two users", { ...ada, "X-User": "ada, eve" }, "10.0.0.1", "invalid_token"],
    ["a name of a key", { ...ada, "X-User": "key:ci" }, "10.0.0.1", "invalid_token"],
  ])("from %s", async (_, headers, peer, expected) => {
    const { identify } = await start(settings);
    expect(await identify(headers, peer)).toEqual(expected);
  });
});
