import { describe, expect, test } from "bun:test";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import { type BuiltFile, buildPage } from "../../src/page/bundle.ts";
import { buildDiagrams } from "../../src/page/diagram-bundle.ts";
import { createPage } from "../../src/page/page.ts";
import { contentSecurityPolicy, policyOf } from "../../src/page/policy.ts";
import { renderIndex } from "../../src/page/render.ts";

const VALUES = {
  base: "./ui/",
  websocket: "./ws",
  sessions: "./sessions",
  shares: "",
  docs: "./docs",
  account: "",
  language: "auto",
  manifest: "manifest.webmanifest",
  brandStyle: "",
  brandLogo: "",
  brand: "{}",
  themeLight: "#ffffff",
  themeDark: "#000000",
  title: "Shop",
};

/** Builds a page that has no diagrams. */
const builders = (page: () => Promise<readonly BuiltFile[]>) => ({ page, diagrams: async () => [] });

describe("`renderIndex()`", () => {
  test("fills in the values, and leaves other placeholders", () => {
    const template = "{{title}} {{base}}main.js {{websocket}} {{sessions}} {{docs}} {{other}}";
    expect(renderIndex(template, VALUES)).toBe("Shop ./ui/main.js ./ws ./sessions ./docs {{other}}");
  });

  test("escapes HTML in the title", () => {
    expect(renderIndex("{{title}}", { ...VALUES, title: `</title><script>"'&$&` })).toBe(
      "&#60;/title&#62;&#60;script&#62;&#34;&#39;&#38;$&#38;",
    );
  });
});

describe("the built page", () => {
  const files = buildPage();

  test("refers only to its own files, and to no other host", async () => {
    const paths = (await files).map(({ path }) => path);
    const page = createPage(
      builders(() => files),
      VALUES,
    );
    const index = new TextDecoder().decode((await page(""))?.body);
    const referenced = [...index.matchAll(/"\.\/ui\/([^"]+)"/g)].map(([, path]) => path);
    expect(referenced.filter((path) => !paths.includes(path ?? ""))).toEqual(["manifest.webmanifest"]);
    expect(referenced.length).toBe(4);
    expect(index).not.toContain("{{");
    expect(index.replace("http://www.w3.org/2000/svg", "")).not.toMatch(
      /https?:|<style|\son\w+=|<script(?! type="module" src=)/,
    );

    const css = (await files).find(({ path }) => path.endsWith(".css"))?.body;
    const urls = [...String(css).matchAll(/url\("?\.\/([^")]+)"?\)/g)].map(([, path]) => path ?? "");
    expect(urls.length).toBe(2);
    expect(urls.filter((path) => !paths.includes(path))).toEqual([]);
    expect(String(css)).not.toMatch(/https?:|@import/);
  });

  test("contains the production build of React", async () => {
    const script = (await files).find(({ path }) => path.endsWith(".js"))?.body;
    expect(String(script)).not.toContain("react-dom-client.development");
    expect(String(script).length).toBeLessThan(900_000);
  });

  test("loads at most 200 kB at first, compressed", async () => {
    const built = new Map((await files).map((file) => [file.path, file]));
    const isRoot = /^(?:|main-.*\.css|streamed-markdown-.*|inter-.*)$/;
    const [, script = ""] = /src="[^"]*?(main-[^"]+\.js)"/.exec(String(built.get("")?.body)) ?? [];
    const first = new Set([script, ...[...built.keys()].filter((path) => isRoot.test(path))]);
    // A set goes on over what is added to it: what a script imports at once, and not what it loads later.
    for (const path of first)
      for (const [, imported = ""] of String(built.get(path)?.body).matchAll(
        /(?:from|import)\s?"\.\/([^"]+)"/g,
      ))
        first.add(imported);
    const sizes = [...first]
      .flatMap((path) => built.get(path) ?? [])
      .map(({ body }) => (typeof body === "string" ? brotliCompressSync(body) : body).length);
    expect(sizes.length).toBeGreaterThanOrEqual(5);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
  });

  test("has a script for other sites of at most 6 kB, compressed, which is checked again on each visit", async () => {
    const widget = await createPage(
      builders(() => files),
      VALUES,
    )("widget.js");
    expect(widget).toMatchObject({ contentType: "text/javascript; charset=utf-8", immutable: false });
    expect(brotliCompressSync(widget?.body ?? "").length).toBeLessThan(6000);
    // It runs on pages whose policy forbids inline styles and HTML from scripts.
    expect(new TextDecoder().decode(widget?.body)).not.toMatch(
      /innerHTML|<style|setAttribute\("style|\beval\(/,
    );
  });

  test("has the same file names after each build, so that browsers keep their cached files", async () => {
    expect((await buildPage()).map(({ path }) => path)).toEqual((await files).map(({ path }) => path));
  });
});

describe("the files that draw diagrams", () => {
  const files = buildDiagrams();

  test("are the frame and the scripts that it loads, all below one folder", async () => {
    const built = new Map((await files).map((file) => [file.path, String(file.body)]));
    expect([...built.keys()].filter((path) => !/^diagrams\/[\w.-]+\.(?:html|js)$/.test(path))).toEqual([]);
    const html = built.get("diagrams/frame.html") ?? "";
    const loaded = new Set([/src="\.\/([^"]+)"/.exec(html)?.[1] ?? ""]);
    for (const path of loaded)
      for (const [, imported = ""] of (built.get(`diagrams/${path}`) ?? "").matchAll(
        /(?:from|import|import\()\s?"\.\/([^"]+\.js)"/g,
      ))
        loaded.add(imported);
    expect([...loaded].toSorted()).toEqual(
      [...built.keys()]
        .map((path) => path.slice("diagrams/".length))
        .filter((path) => path.endsWith(".js"))
        .toSorted(),
    );
  });

  test("are built with the first diagram, not with the page", async () => {
    const built: string[] = [];
    const build = (name: string) => async () => {
      built.push(name);
      return [];
    };
    const page = createPage({ page: build("page"), diagrams: build("diagrams") }, VALUES);
    await page("");
    await page("main.js");
    expect(built).toEqual(["page"]);
    await page("diagrams/frame.html");
    await page("diagrams/frame.js");
    expect(built).toEqual(["page", "diagrams"]);
  });
});

describe("`createPage()`", () => {
  const built = [
    { path: "", contentType: "text/html; charset=utf-8", body: "<title>{{title}}</title>" },
    { path: "main-1.js", contentType: "text/javascript; charset=utf-8", body: "1" },
    { path: "font-1.woff2", contentType: "font/woff2", body: new Uint8Array(8) },
  ];

  test("serves the built files: the page is revalidated, the others are immutable", async () => {
    const page = createPage(
      builders(async () => built),
      VALUES,
    );
    const read = async (path: string) => {
      const asset = await page(path);
      const text = (bytes?: Uint8Array<ArrayBuffer>) => bytes && new TextDecoder().decode(bytes);
      const gzip = asset?.compress("gzip");
      return {
        contentType: asset?.contentType,
        etag: asset?.etag,
        immutable: asset?.immutable,
        body: text(asset?.body),
        gzip: gzip && { ...gzip, body: text(Bun.gunzipSync(gzip.body)) },
      };
    };
    expect(await read("")).toEqual({
      body: "<title>Shop</title>",
      contentType: "text/html; charset=utf-8",
      etag: expect.stringMatching(/^"[\w-]{22}"$/),
      immutable: false,
      gzip: { body: "<title>Shop</title>", etag: expect.stringMatching(/^"[\w-]{22}-gzip"$/) },
    });
    expect(await read("main-1.js")).toMatchObject({ body: "1", immutable: true, gzip: { body: "1" } });
    expect(await read("font-1.woff2")).toMatchObject({ immutable: true, gzip: undefined });
    expect(await page("../main-1.js")).toBeUndefined();
  });

  test("serves Brotli as it was built, or compresses on the first request", async () => {
    const prebuilt = { ...built[1], path: "main-2.js", contentType: "text/javascript", body: "2" };
    const files = [...built, { ...prebuilt, brotli: new Uint8Array([7]) }];
    const page = createPage(
      builders(async () => files),
      VALUES,
    );
    expect((await page("main-2.js"))?.compress("br")?.body).toEqual(new Uint8Array([7]));
    const compressed = (await page("main-1.js"))?.compress("br");
    expect(compressed?.etag).toMatch(/^"[\w-]{22}-br"$/);
    expect(brotliDecompressSync(compressed?.body ?? "").toString()).toBe("1");
    expect((await page("main-1.js"))?.compress("br")).toBe(compressed as never);
    expect((await page("font-1.woff2"))?.compress("br")).toBeUndefined();
  });

  test("builds once, on the first request; a failed build is tried again", async () => {
    let builds = 0;
    const build = async () => {
      builds += 1;
      if (builds === 1) throw new Error("broken");
      return built;
    };
    const page = createPage(builders(build), VALUES);
    expect(builds).toBe(0);
    expect(page("")).rejects.toThrow("broken");
    await Promise.all([page(""), page("main-1.js"), page("nothing")]);
    expect(builds).toBe(2);
  });
});

test("the policy allows only the page's own origin and nothing inline", () => {
  expect(contentSecurityPolicy([]).split("; ")).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
});

test("the frame for diagrams may style, and load only its scripts; the page may show it where the page is shown", () => {
  const policy = (...origins: readonly string[]) => policyOf("diagrams/frame.html", origins).split("; ");
  expect(policy()).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ]);
  expect(policy("https://shop.example").at(-1)).toBe("frame-ancestors 'self' https://shop.example");
  expect(policyOf("main.js", [])).toBe(contentSecurityPolicy([]));
});

test("Only origins that are named may show the page in a frame.", () => {
  const ancestors = (...origins: readonly string[]) => contentSecurityPolicy(origins).split("; ").at(-1);
  expect(ancestors("https://shop.example", "http://localhost:3000", "tauri://localhost")).toBe(
    "frame-ancestors 'self' https://shop.example http://localhost:3000 tauri://localhost",
  );
  expect(ancestors("vscode-webview://*")).toBe("frame-ancestors 'self' vscode-webview:");
  expect(ancestors("*", "null")).toBe("frame-ancestors 'none'");
  expect(ancestors("https://a.example;script-src *", "https://*")).toBe("frame-ancestors 'none'");
});
