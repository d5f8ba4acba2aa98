import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../../src/config/load.ts";
import { type Specchat, startSpecchat } from "../support/harness.ts";

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8"/></svg>';
const THEME = `
title: Ignored, because the setting wins
logo: pictures/logo.svg
welcome: Ask Acme
suggestions: [Where is my order?, "<b>Not HTML</b>"]
light: { accent: "#ffe14d", onAccent: "#ffffff" }
`;

let folder = "";
let server: Specchat;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "specchat-theme-"));
  await Bun.write(join(folder, "theme.yaml"), THEME);
  await Bun.write(join(folder, "pictures/logo.svg"), SVG);
  const argv = ["--theme", join(folder, "theme.yaml"), "--page-title", 'Acme "& Co', "--language", "fr"];
  server = await startSpecchat({ argv, useDemoModel: true });
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const get = async (path: string) => await fetch(`${server.url}/bedrock-chat/${path}`);

test("The page has the operator's title, texts, colours and logo, and its policy stays.", async () => {
  const response = await get("ui");
  const html = await response.text();
  expect(response.headers.get("content-security-policy")).toContain("style-src 'self'; img-src 'self' data:");
  expect(html).toContain("<title>Acme &#34;&#38; Co</title>");
  expect(html).toContain('data-language="fr"');
  const [, encoded = ""] = /data-brand="([^"]*)"/.exec(html) ?? [];
  const texts = JSON.parse(
    encoded.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))),
  );
  expect(texts).toEqual({
    welcome: "Ask Acme",
    suggestions: ["Where is my order?", "<b>Not HTML</b>"],
    logo: expect.stringMatching(/^\.\/ui\/logo-\w+\.svg$/),
  });
  const links = [...html.matchAll(/<link\s+rel="([\w-]+)"\s+href="([^"]+)"/g)].map(([, rel, href]) => [
    rel,
    href,
  ]);
  expect(links).toEqual([
    ["manifest", "./ui/manifest.webmanifest"],
    ["apple-touch-icon", texts.logo],
    ["icon", texts.logo],
    ["stylesheet", expect.stringMatching(/^\.\/ui\/main-\w+\.css$/)],
    ["stylesheet", expect.stringMatching(/^\.\/ui\/brand-\w+\.css$/)],
  ]);
  const style = await (await get(String(links[4]?.[1]).slice(2))).text();
  expect(style).toContain("--accent-strong:#ffe14d");
  const logo = await get(texts.logo.slice(2));
  expect([logo.headers.get("content-type"), await logo.text()]).toEqual(["image/svg+xml", SVG]);
});

test("The manifest installs the page as an app with its name, its logo and its scope.", async () => {
  const response = await get("ui/manifest.webmanifest");
  expect(response.headers.get("content-type")).toBe("application/manifest+json");
  expect(response.headers.get("cache-control")).toBe("no-cache");
  expect(await response.json()).toEqual({
    id: "../ui",
    name: 'Acme "& Co',
    short_name: 'Acme "& Co',
    start_url: "../ui",
    scope: "../ui",
    display: "standalone",
    theme_color: "#fdfdfc",
    background_color: "#fdfdfc",
    icons: [{ src: expect.stringMatching(/^logo-\w+\.svg$/), sizes: "any" }],
  });
});

test("Colours that cannot be read are a warning at the start that names the pair.", () => {
  expect(server.app.warnings).toContain(
    "theme: onAccent #ffffff on accent #ffe14d (light) has a contrast of 1.3:1. Texts need 4.5:1.",
  );
});

test("A theme or a logo that cannot be used is an error that names it.", async () => {
  const start = (...argv: readonly string[]) => startSpecchat({ argv, useDemoModel: true });
  expect(start("--theme", join(folder, "missing.yaml"))).rejects.toThrow(ConfigError);
  expect(start("--page-logo", join(folder, "theme.yaml"))).rejects.toThrow(
    /pageLogo: .*theme\.yaml must be one of svg, png/,
  );
  expect(start("--page-accent", "blue")).rejects.toThrow("a color such as #3d5bd9");
});
