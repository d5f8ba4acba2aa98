import { expect, test } from "bun:test";
import fc from "fast-check";
import { createSealer } from "../../../src/access/sign-in/seal.ts";

const sealer = createSealer("a secret of all replicas", "test");

test("A sealed value can be opened by each process with the same secret, and shows nothing of it.", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const text = await sealer.seal(value);
      expect(text).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
      const same = createSealer("a secret of all replicas", "test");
      expect(JSON.stringify(await same.open(text))).toBe(JSON.stringify(value));
    }),
    { numRuns: 50 },
  );
});

test("Another secret, another purpose and a changed character open nothing.", async () => {
  const text = await sealer.seal({ user: "ada" });
  expect(await createSealer("another secret", "test").open(text)).toBeUndefined();
  expect(await createSealer("a secret of all replicas", "other").open(text)).toBeUndefined();
  await fc.assert(
    fc.asyncProperty(
      fc.nat(text.length - 1),
      fc.constantFrom("A", "b", "-", ".", ""),
      async (at, character) => {
        fc.pre(text[at] !== character);
        const changed = `${text.slice(0, at)}${character}${text.slice(at + 1)}`;
        // The last character of Base64 has bits that mean nothing, so a change may be none.
        expect([undefined, { user: "ada" }]).toContainEqual((await sealer.open(changed)) as undefined);
      },
    ),
    { numRuns: 100 },
  );
});

test("Sealing a token does not make it longer than its own text by much.", async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(3000));
  const token = Buffer.from(bytes).toString("base64url");
  expect((await sealer.seal(token)).length).toBeLessThan(token.length * 1.07);
});
