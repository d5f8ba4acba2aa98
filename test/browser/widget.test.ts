/** The chat in a frame of another site: `localhost` embeds `127.0.0.1`, in a page with a strict policy of its own. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Frame, Page } from "playwright-core";
import { type Specchat, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithText } from "../support/scripted-model.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { type DemoServer, startDemoServer } from "./real.ts";

const KEYS = { ada: "0123456789abcdef0123456789abcdef", bob: "fedcba9876543210fedcba9876543210" } as const;

describeInBrowser("the chat in a page of another site", () => {
  const browser = useBrowser();
  let host: Bun.Server<undefined>;
  let open: DemoServer;
  let guarded: DemoServer;
  let scripted: Specchat;
  /** The replies of `scripted` wait for it. */
  const gate = Promise.withResolvers<void>();

  beforeAll(async () => {
    host = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: respondAsHost });
    const argv = ["--allowed-origins", `http://localhost:${host.port}`];
    const keys = Object.entries(KEYS).map(([name, key]) => `${name}:${key}`);
    const model = createScriptedModel(() => [gate.promise, ...replyWithText("Here it is.")]);
    [open, guarded, scripted] = await Promise.all([
      startDemoServer(argv),
      startDemoServer([...argv, "--api-keys", keys.join(",")]),
      startSpecchat({ argv: ["--stop-grace", "0", ...argv], model }),
    ]);
  }, 60_000);

  afterAll(async () => {
    await Promise.all([open.stop(), guarded.stop(), scripted.stop(), host.stop(true)]);
  });

  /** A page without inline scripts and styles, whose scripts cannot write HTML. `script` is its own. */
  function respondAsHost({ url }: Request): Response {
    const { pathname, searchParams } = new URL(url);
    const [server = "", script = ""] = [searchParams.get("server") ?? "", searchParams.get("script") ?? ""];
    if (pathname === "/host.js")
      return new Response(script, { headers: { "Content-Type": "text/javascript" } });
    const origin = URL.parse(server)?.origin;
    const html = `<!doctype html><meta name="viewport" content="width=device-width"><title>Shop</title><h1>Shop</h1>
      <script src="/host.js?script=${encodeURIComponent(script)}"></script>
      <script src="${server}/widget.js" data-label="Ask the shop" defer></script>`;
    const policy = `default-src 'none'; script-src 'self' ${origin}; frame-src ${origin}; require-trusted-types-for 'script'`;
    return new Response(html, {
      headers: { "Content-Type": "text/html", "Content-Security-Policy": policy },
    });
  }

  const addressOf = (server: Pick<DemoServer, "address">, script = "", name = "localhost") =>
    `http://${name}:${host.port}/?${new URLSearchParams({ server: server.address, script })}`;
  const bubble = (page: Page) => page.getByRole("button", { name: "Ask the shop" });
  const panel = (page: Page) => page.getByRole("dialog", { name: "Ask the shop" });

  async function openFrame(page: Page): Promise<Frame> {
    await bubble(page).click();
    const element = await page.locator("specchat-widget iframe").elementHandle();
    const frame = await element?.contentFrame();
    if (!frame) throw new Error("the panel has no frame");
    return frame;
  }

  test("loads only the script before it is opened, chats, and keeps its caller apart from other sites", async () => {
    const { page, consoleErrors } = await browser.open();
    const requested: string[] = [];
    page.on("request", (request) => requested.push(request.url()));
    await page.goto(addressOf(open));
    await bubble(page).waitFor();
    expect(requested.filter((url) => url.startsWith(open.url))).toEqual([`${open.address}/widget.js`]);
    expect(await bubble(page).getAttribute("aria-expanded")).toBe("false");

    const frame = await openFrame(page);
    await frame.locator(".connection-open").waitFor();
    await frame.locator("textarea:focus").waitFor();
    await page.keyboard.type("List the orders");
    await page.keyboard.press("Enter");
    await frame.locator(".entry-reply article[aria-busy=false]").waitFor();

    const cookies = await page.context().cookies(open.url);
    const attributes = cookies.map(({ name, sameSite, secure }) => [name, sameSite, secure]);
    expect(attributes.toSorted()).toEqual([
      ["specchat_caller", "None", true],
      ["specchat_frame", "None", true],
    ]);
    await page.reload();
    const again = await openFrame(page);
    // The browser of this test denies frames any storage but these cookies.
    await again.getByRole("button", { name: "Conversations" }).click();
    await again.getByRole("link", { name: "List the orders", exact: true }).waitFor();
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("Escape closes it, the focus returns to the button, and an open chat goes on where it was", async () => {
    const { page } = await browser.open();
    await page.goto(addressOf(open));
    const frame = await openFrame(page);
    await frame.locator("textarea:focus").fill("A draft");
    await page.keyboard.press("Escape");
    await panel(page).waitFor({ state: "hidden" });
    const focused = () =>
      page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute("aria-label"));
    expect(await focused()).toBe("Ask the shop");
    await page.keyboard.press("Enter");
    await frame.locator("textarea:focus").waitFor();
    expect(await frame.locator("textarea").inputValue()).toBe("A draft");
    await page.evaluate("specchat.close()");
    await panel(page).waitFor({ state: "hidden" });
  }, 60_000);

  test("shows on its button that a reply has ended while it is closed", async () => {
    const { page } = await browser.open();
    await page.goto(addressOf({ address: `${scripted.url}/bedrock-chat/ui` }));
    const frame = await openFrame(page);
    const label = () => page.locator("specchat-widget button").getAttribute("aria-label");
    const dot = page.locator("specchat-widget button i");
    const ask = async (text: string) => {
      await frame.locator("textarea:focus").fill(text);
      await page.keyboard.press("Enter");
      await frame.locator(".entry-user", { hasText: text }).waitFor();
    };
    await ask("One?");
    expect(await dot.isVisible()).toBe(false);
    await page.evaluate("specchat.close()");
    await panel(page).waitFor({ state: "hidden" });
    gate.resolve();
    await dot.waitFor();
    expect(await label()).toBe("Ask the shop · Reply ready");
    await page.evaluate("specchat.open()");
    await frame.locator("textarea:focus").waitFor();
    await page.waitForFunction(
      () =>
        document.querySelector("specchat-widget")?.shadowRoot?.querySelector("button")?.ariaLabel ===
        "Ask the shop",
    );
    expect(await dot.isVisible()).toBe(false);
  }, 60_000);

  test("fills the screen of a phone, and the page itself closes it", async () => {
    const { page } = await browser.open({ viewport: { width: 360, height: 640 } });
    await page.goto(addressOf(open));
    const frame = await openFrame(page);
    await frame.locator(".connection-open").waitFor();
    expect(await panel(page).boundingBox()).toEqual({ x: 0, y: 0, width: 360, height: 640 });
    await bubble(page).waitFor({ state: "hidden" });
    await frame.getByRole("button", { name: "Close", exact: true }).click();
    await bubble(page).waitFor();
  }, 60_000);

  test("stays empty on a site that is not allowed", async () => {
    const { page, consoleErrors } = await browser.open();
    await page.goto(addressOf(open, "", "shop.localhost"));
    await openFrame(page);
    await page.waitForFunction(() => true);
    expect(consoleErrors.join()).toContain("frame-ancestors");
    await bubble(page).click();
    await panel(page).waitFor({ state: "hidden" });
  }, 60_000);

  test("signs in with the token of the page around, again when that changes, and out", async () => {
    const { page } = await browser.open();
    const script = `var key = ${JSON.stringify(KEYS.ada)}; window.specchat = { token: async () => key };`;
    await page.goto(addressOf(guarded, script));
    const frame = await openFrame(page);
    const account = (name: string) => frame.getByRole("button", { name: `Account of ${name}` });
    await account("ada").waitFor();
    await page.evaluate(`key = ${JSON.stringify(KEYS.bob)}; specchat.reload()`);
    await account("bob").waitFor();
    await page.evaluate("key = null; specchat.reload()");
    await frame.locator(".sign-in-screen").waitFor();
    expect(await frame.evaluate(() => document.cookie)).toBe("");
  }, 60_000);

  test("ignores messages of other windows", async () => {
    const { page } = await browser.open();
    await page.goto(addressOf(open));
    const frame = await openFrame(page);
    await frame.locator(".connection-open").waitFor();
    // The page around to itself, as a script of another frame could not do better.
    await page.evaluate(() => window.postMessage({ specchat: "close" }, "*"));
    await frame.evaluate(() => {
      document.title = "Not loaded again";
      window.postMessage({ specchat: "reload" }, "*");
    });
    // A message that arrives after them.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    expect(await panel(page).isVisible()).toBe(true);
    expect(await frame.title()).toBe("Not loaded again");
  }, 60_000);
});
