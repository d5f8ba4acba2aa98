import { afterEach, describe, expect, test } from "bun:test";
import { TOPICS } from "../../src/manual/topics.ts";
import { type Specchat, startSpecchat } from "../support/harness.ts";

let specchat: Specchat;
afterEach(() => specchat.stop());

const start = async (...argv: string[]) => {
  specchat = await startSpecchat({ argv, useDemoModel: true });
  return specchat.url;
};

/** Returns the addresses of a page's links, resolved as a browser does. */
function linksOf(address: string, html: string): readonly URL[] {
  return [...html.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href = ""]) => new URL(href, address));
}

describe("{base}/docs", () => {
  test("links to every topic, and every link of every page is served", async () => {
    const url = await start();
    const address = `${url}/bedrock-chat/docs`;
    const index = await (await fetch(address)).text();
    const topics = TOPICS.map(({ name }) => `${address}/${name}`);
    const listed = linksOf(address, index).map(({ href }) => href);
    expect(topics.filter((topic) => !listed.includes(topic))).toEqual([]);

    const links = new Set(listed);
    for (const topic of topics) {
      const html = await (await fetch(topic)).text();
      for (const link of linksOf(topic, html))
        if (link.origin === url) links.add(link.href.replace(/#.*/, ""));
    }
    const statuses = await Promise.all(
      [...links]
        .filter((link) => link.startsWith(url))
        .map(async (link) => [link, (await fetch(link)).status] as const),
    );
    expect(statuses.filter(([, status]) => status !== 200)).toEqual([]);
    expect((await fetch(`${address}/nothing`)).status).toBe(404);
  });

  test("allows nothing but its own style sheet and the search form", async () => {
    const { headers } = await fetch(`${await start()}/bedrock-chat/docs/approval`);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]+=*'; img-src data:; /);
    expect(policy).toContain("form-action 'self'");
    expect([
      headers.get("content-type"),
      headers.get("referrer-policy"),
      headers.get("x-content-type-options"),
    ]).toEqual(["text/html; charset=utf-8", "no-referrer", "nosniff"]);
  });

  test("shows any query as text", async () => {
    const address = `${await start()}/bedrock-chat/docs`;
    const html = await (await fetch(`${address}?q=${encodeURIComponent('"><script>x</script>.*(')}`)).text();
    expect(html).not.toContain("<script");
    expect(html).toContain("&quot;&gt;&lt;script&gt;x&lt;/script&gt;.*(");
    expect((await fetch(`${address}?q=${"a".repeat(5000)}`)).status).toBe(200);
  });

  test("moves with the base path, and is not served without the page", async () => {
    const url = await start("--chat-endpoint", "/help/desk", "--ui-endpoint", "/chat");
    const address = `${url}/help/desk/docs/approval`;
    const html = await (await fetch(address)).text();
    const links = linksOf(address, html).map(({ pathname }) => pathname);
    expect(links).toContain("/chat");
    expect(links).toContain("/help/desk/docs");
    expect(await (await fetch(`${url}/docs`)).text()).toContain("\nManual: /help/desk/docs\n");
    await specchat.stop();

    const without = await start("--no-enable-ui");
    expect((await fetch(`${without}/bedrock-chat/docs`)).status).toBe(404);
    expect(await (await fetch(`${without}/docs`)).text()).not.toContain("Manual");
  });

  test("shares /docs with the list of addresses when the base path is /", async () => {
    const url = await start("--chat-endpoint", "/");
    const plain = await fetch(`${url}/docs`);
    expect(await plain.text()).toStartWith(`specchat ${specchat.app.version}\n\n  stream `);
    const page = await fetch(`${url}/docs`, { headers: { Accept: "text/html" } });
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect((await fetch(`${url}/docs/approval`)).status).toBe(200);
  });
});
