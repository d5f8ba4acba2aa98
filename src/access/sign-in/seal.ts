/** Seals values for cookies: encrypted and authenticated (JWE, RFC 7516), so that a browser can neither read nor change them. */
import { hkdfSync } from "node:crypto";

export interface Sealer {
  seal(value: unknown): Promise<string>;
  /** Returns undefined for a text that this key did not seal. */
  open(text: string): Promise<unknown>;
}

/**
 * Creates a sealer.
 * @param secret the secret of cookies, the same on every replica.
 * @param purpose separates keys: a value that was sealed for one purpose cannot be opened for another.
 */
export function createSealer(secret: string, purpose: string): Sealer {
  const key = new Uint8Array(hkdfSync("sha256", secret, "specchat", purpose, 32));
  return {
    async seal(value) {
      const { CompactEncrypt } = await import("jose");
      // Tokens are Base64 already. Compression undoes what encoding them twice would add.
      const content = Bun.deflateSync(new TextEncoder().encode(JSON.stringify(value)));
      return await new CompactEncrypt(content)
        .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
        .encrypt(key);
    },
    async open(text) {
      const { compactDecrypt, errors } = await import("jose");
      try {
        const options = { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] };
        const { plaintext } = await compactDecrypt(text, key, options);
        return JSON.parse(new TextDecoder().decode(Bun.inflateSync(new Uint8Array(plaintext))));
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}
