import { describe, expect, test } from "bun:test";
import { maskSecrets } from "../../../src/tools/http/mask-secrets.ts";
import { maskBody, maskInWorker, readMaskedBody } from "../../../src/tools/http/masked-body.ts";
import { describeResponse } from "../../../src/tools/http/response.ts";
import { createOperation } from "../fixtures.ts";

const SECRETS = ["sk+live/9f8e7d6c5b4a==", "é-word"];
const LONG = 600_000;

const encode = (text: string) => new TextEncoder().encode(text);
const records = (note: string) =>
  `[${Array.from({ length: LONG / (note.length + 30) }, (_, index) => `{"id":${9_007_199_254_740_993n + BigInt(index)},"note":"${note}"}`).join(",")}]`;
const repeated = `?key=${encodeURIComponent(SECRETS[0] ?? "")} ${SECRETS[1]}`;

const bodies: readonly (readonly [string, string | undefined, Uint8Array<ArrayBuffer>])[] = [
  ["JSON", "application/json", encode(records("plain"))],
  ["JSON with credentials in each record", "application/json", encode(records(`${repeated} 日`))],
  ["JSON without a type", undefined, encode(records(repeated))],
  ["JSON in UTF-16", "application/json", new Uint8Array(Buffer.from(records(repeated), "utf16le"))],
  ["text that is not valid UTF-8", "text/plain", new Uint8Array(LONG).fill(0xff)],
  ["a file", "image/png", encode(`\0${SECRETS[0]}${"x".repeat(LONG)}`)],
  ["nothing that a text may contain", "application/json", new Uint8Array(LONG)],
];

describe("`readMaskedBody()` reads in a worker, as it does here,", () => {
  test.each(bodies)("%s.", async (_, type, body) => {
    const headers = {
      ...(type !== undefined && { "content-type": type }),
      "content-disposition": `attachment; filename="${SECRETS[1]}.png"`,
    };
    const expected = maskBody({ body: body.slice(), headers }, SECRETS);
    const read = await readMaskedBody({ body, headers }, SECRETS, { caller: "a" });
    expect(read).toEqual(
      expected.type === "text" ? expected : { ...expected, bytes: new Uint8Array(expected.bytes) },
    );
    // The bytes were handed over.
    expect(body.length).toBe(0);
  });
});

test("A short body is read here, and keeps its bytes.", async () => {
  const body = encode(`[{"key":"${SECRETS[0]}"}]`);
  expect(await readMaskedBody({ body, headers: {} }, SECRETS, { caller: "a" })).toEqual({
    type: "text",
    text: `[{"key":"${SECRETS[0]}"}]`,
    masked: '[{"key":"***"}]',
  });
  expect(body.length).toBeGreaterThan(0);
});

test("A long text is masked in a worker, and left out when that is stopped.", async () => {
  const text = records(repeated);
  const masked = await maskInWorker(text, SECRETS, { caller: "a" });
  expect(masked).toBe(maskSecrets(text, SECRETS));
  expect(await maskInWorker(text, SECRETS, { caller: "a", signal: AbortSignal.abort() })).toBe(
    "(left out: its credentials could not be masked: it was stopped)",
  );
});

test("A long response whose reading is stopped is a failed result, and those that wait go on.", async () => {
  const stop = new AbortController();
  const respond = (signal: AbortSignal) =>
    describeResponse(
      { outcome: "received", status: 201, headers: {}, body: encode(records("plain")), truncated: false },
      createOperation({}),
      { caller: "a", signal },
    );
  const stopped = Array.from({ length: 6 }, () => respond(stop.signal));
  const last = respond(new AbortController().signal);
  stop.abort();
  const failed = {
    status: "failed",
    content: "HTTP 201 Created\n\nThe body could not be read: it was stopped.",
    received: "HTTP 201 Created\n\nThe body could not be read: it was stopped.",
    httpStatus: 201,
  } as const;
  expect(await Promise.all(stopped)).toEqual(Array(6).fill(failed));
  expect((await last).content).toBe(`HTTP 201 Created\n\n${records("plain")}`);
});
