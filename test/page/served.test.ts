import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { brotliDecompressSync } from "node:zlib";
import { chooseCoding, matchesEtag } from "../../src/page/accepts.ts";
import { type Specchat, startSpecchat } from "../support/harness.ts";

let specchat: Specchat;
let address: string;
let script: string;
let font: string;

beforeAll(async () => {
  specchat = await startSpecchat({ useDemoModel: true });
  address = `${specchat.url}/bedrock-chat/ui`;
  const [, main = ""] = /src="(\.\/ui\/[^"]+)"/.exec(await (await fetch(address)).text()) ?? [];
  script = new URL(main, address).href;
  const [, style = ""] = /href="(\.\/ui\/[^"]+\.css)"/.exec(await (await fetch(address)).text()) ?? [];
  const css = await (await fetch(new URL(style, address))).text();
  const [, woff = ""] = /url\("?(\.\/[^")]+)"?\)/.exec(css) ?? [];
  font = new URL(woff, new URL(style, address)).href;
});
afterAll(() => specchat.stop());

/** Fetches a URL without decompressing the body. */
async function get(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers, decompress: false, redirect: "manual" });
  const headerNames = ["content-encoding", "vary", "cache-control", "location"];
  return {
    status: response.status,
    etag: response.headers.get("etag") ?? "",
    headers: Object.fromEntries(headerNames.map((name) => [name, response.headers.get(name)])),
    bytes: await response.bytes(),
  };
}

describe("the URL of the page with a trailing slash", () => {
  test("redirects to the page and keeps the query", async () => {
    const { status, headers } = await get(`${address}/?from=mail`);
    expect([status, headers.location]).toEqual([308, "../ui?from=mail"]);
    const page = await fetch(`${address}/?from=mail`);
    expect([page.status, page.url]).toEqual([200, `${address}?from=mail`]);
  });

  test("redirects correctly behind a proxy with a path prefix", async () => {
    const proxy = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        const { pathname } = new URL(request.url);
        if (!pathname.startsWith("/team/chat/")) return new Response("elsewhere", { status: 404 });
        return fetch(`${specchat.url}${pathname.slice("/team/chat".length)}`, {
          redirect: "manual",
          decompress: false,
        });
      },
    });
    const page = await fetch(`${proxy.url}team/chat/bedrock-chat/ui/`);
    expect([page.status, page.url]).toEqual([200, `${proxy.url}team/chat/bedrock-chat/ui`]);
    const [, main = ""] = /src="([^"]+)"/.exec(await page.text()) ?? [];
    expect((await fetch(new URL(main, page.url))).status).toBe(200);
    await proxy.stop(true);
  });
});

describe("compression", () => {
  test("applies when the client accepts it, with the same content, another ETag and Vary", async () => {
    for (const url of [address, script]) {
      const plain = await get(url, { "accept-encoding": "identity" });
      const compressed = await get(url, { "accept-encoding": "gzip" });
      const brotli = await get(url, { "accept-encoding": "gzip, deflate, br, zstd" });
      expect([plain.status, plain.headers["content-encoding"], plain.headers.vary]).toEqual([
        200,
        null,
        "Accept-Encoding",
      ]);
      expect(compressed.headers).toEqual({ ...plain.headers, "content-encoding": "gzip" });
      expect(Bun.gunzipSync(compressed.bytes)).toEqual(plain.bytes);
      expect(compressed.bytes.length).toBeLessThan(plain.bytes.length * 0.7);
      expect(brotli.headers).toEqual({ ...plain.headers, "content-encoding": "br" });
      expect(new Uint8Array(brotliDecompressSync(brotli.bytes))).toEqual(plain.bytes);
      expect(brotli.bytes.length).toBeLessThan(compressed.bytes.length);
      expect(new Set([plain.etag, compressed.etag, brotli.etag]).size).toBe(3);
    }
  });

  test("does not apply to compressed formats", async () => {
    const { status, headers } = await get(font, { "accept-encoding": "gzip" });
    expect([status, headers["content-encoding"], headers.vary]).toEqual([200, null, null]);
  });

  test("a matching ETag gives 304 only for its own representation", async () => {
    const compressed = await get(script, { "accept-encoding": "gzip" });
    const getAgain = (headers: Record<string, string>) =>
      get(script, { "if-none-match": compressed.etag, ...headers });
    const unchanged = await getAgain({ "accept-encoding": "gzip" });
    expect([unchanged.status, unchanged.etag, unchanged.headers.vary, unchanged.bytes.length]).toEqual([
      304,
      compressed.etag,
      "Accept-Encoding",
      0,
    ]);
    expect((await getAgain({ "accept-encoding": "identity" })).status).toBe(200);
  });
});

test.each([
  [null, undefined],
  ["", undefined],
  ["gzip", "gzip"],
  ["br", "br"],
  ["gzip, deflate, br, zstd", "br"],
  ["GZIP;q=0.5, br", "br"],
  ["gzip, br;q=0.5", "gzip"],
  ["br;q=0, x-gzip", "gzip"],
  ["br;q=1.0, gzip; q=0", "br"],
  ["identity", undefined],
  ["*", "br"],
  ["br;q=0, *", "gzip"],
  ["gzip;q=0, br;q=0, *", undefined],
  ["gzip;q=nonsense", undefined],
] as const)("`chooseCoding(%p)` is %p", (header, expected) => {
  expect(chooseCoding(header)).toBe(expected);
});

test.each([
  [null, false],
  ['"a"', true],
  ['W/"a"', true],
  ['"b", W/"a"', true],
  ["*", true],
  ['"b"', false],
  ["a", false],
] as const)("`matchesEtag(%p, '\"a\"')` is %p", (header, expected) => {
  expect(matchesEtag(header, '"a"')).toBe(expected);
});
