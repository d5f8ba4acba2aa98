import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { acceptsGzip, matchesEtag } from "../../src/page/accepts.ts";
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

/** As it comes over the wire: nothing is unpacked on the way. */
async function get(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers, decompress: false, redirect: "manual" });
  const named = ["content-encoding", "vary", "cache-control", "location"];
  return {
    status: response.status,
    etag: response.headers.get("etag") ?? "",
    headers: Object.fromEntries(named.map((name) => [name, response.headers.get(name)])),
    bytes: await response.bytes(),
  };
}

describe("the page's address with a slash at its end", () => {
  test("leads to the page, with what was asked for", async () => {
    const { status, headers } = await get(`${address}/?from=mail`);
    expect([status, headers.location]).toEqual([308, "../ui?from=mail"]);
    const page = await fetch(`${address}/?from=mail`);
    expect([page.status, page.url]).toEqual([200, `${address}?from=mail`]);
  });

  test("leads there under the path of a proxy too", async () => {
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
  test("is for who takes it: the same content, a tag of its own, told apart by caches", async () => {
    for (const url of [address, script]) {
      const plain = await get(url, { "accept-encoding": "identity" });
      const packed = await get(url, { "accept-encoding": "br, gzip" });
      expect([plain.status, plain.headers["content-encoding"], plain.headers.vary]).toEqual([
        200,
        null,
        "Accept-Encoding",
      ]);
      expect(packed.headers).toEqual({ ...plain.headers, "content-encoding": "gzip" });
      expect(Bun.gunzipSync(packed.bytes)).toEqual(plain.bytes);
      expect(packed.bytes.length).toBeLessThan(plain.bytes.length * 0.7);
      expect(packed.etag).not.toBe(plain.etag);
    }
  });

  test("leaves alone what is compressed already", async () => {
    const { status, headers } = await get(font, { "accept-encoding": "gzip" });
    expect([status, headers["content-encoding"], headers.vary]).toEqual([200, null, null]);
  });

  test("a form that the client has is not sent again; the other one is", async () => {
    const packed = await get(script, { "accept-encoding": "gzip" });
    const again = (headers: Record<string, string>) =>
      get(script, { "if-none-match": packed.etag, ...headers });
    const known = await again({ "accept-encoding": "gzip" });
    expect([known.status, known.etag, known.headers.vary, known.bytes.length]).toEqual([
      304,
      packed.etag,
      "Accept-Encoding",
      0,
    ]);
    expect((await again({ "accept-encoding": "identity" })).status).toBe(200);
  });
});

test.each([
  [null, false],
  ["", false],
  ["gzip", true],
  ["GZIP;q=0.5, br", true],
  ["br;q=1.0, gzip; q=0", false],
  ["identity", false],
  ["*", true],
  ["gzip;q=0, *", false],
  ["gzip;q=nonsense", false],
] as const)("Accept-Encoding %p takes gzip: %p", (header, taken) => {
  expect(acceptsGzip(header)).toBe(taken);
});

test.each([
  [null, false],
  ['"a"', true],
  ['W/"a"', true],
  ['"b", W/"a"', true],
  ["*", true],
  ['"b"', false],
  ["a", false],
] as const)('If-None-Match %p knows "a": %p', (header, known) => {
  expect(matchesEtag(header, '"a"')).toBe(known);
});
