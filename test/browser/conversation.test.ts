import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { createDemoModel } from "../../src/model/demo/demo.ts";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { SCREENSHOT_SIZE, saveScreenshot, takeScreenshot } from "./picture.ts";
import { type DemoServer, startDemoServer } from "./real.ts";

describeInBrowser("a conversation with the demo model about the shop", () => {
  const browser = useBrowser();
  let server: DemoServer;
  beforeAll(async () => {
    // A fixed time, so that all runs produce the same screenshot.
    const now = () => new Date("2026-03-02T09:00:00Z");
    server = await startDemoServer([], { model: createDemoModel({ pauseMs: 1 }), now });
  });
  afterAll(() => server.stop());

  test("shows the call with its arguments and result, then the reply, without console errors", async () => {
    const { page, consoleErrors, externalRequests } = await browser.open();
    await openChat(page, server.address);
    expect(await page.title()).toBe(server.app.apis.current.titles.join(", "));
    expect(await readVisibleText(page.locator(".banner"))).toBe(server.app.notice ?? "");
    expect(await readVisibleText(page.locator(".welcome"))).toContain(
      `${server.app.apis.current.toolbox.tools.length} operations`,
    );

    await sendMessage(page, "list the products under 50 dollars");
    const reply = await waitForReply(page);
    expect(reply).toMatch(/\$?\d/);
    const card = page.locator(".call").first();
    expect(await readVisibleText(card.locator("> summary"))).toMatch(
      /^Listed products\s*maxPrice: 50\s+\d+ rows · /,
    );
    await card.locator("> summary").click();
    expect(await readVisibleText(card.getByRole("region", { name: "Arguments" }))).toContain("50");
    expect(await readVisibleText(card.getByRole("region", { name: "Result" }))).toContain("price");
    expect(await readVisibleText(page.locator(".usage"))).toContain("tokens in");

    await sendMessage(page, "list the customers");
    // Entries far from the visible part are not in the document.
    await page.locator(".entry-user", { hasText: "list the customers" }).waitFor();
    await waitForReply(page);
    expect(await readVisibleText(page.locator(".call > summary").last())).toMatch(/^Listed customers/);

    await page.getByRole("button", { name: "New conversation" }).click();
    const examples = page.getByRole("list", { name: "Examples" }).getByRole("button");
    expect(await examples.allInnerTexts()).toEqual([
      "List products",
      "List customers",
      "List orders",
      "List support tickets",
    ]);
    await examples.last().click();
    await page.locator(".entry-reply").waitFor();
    await waitForReply(page);
    expect(await readVisibleText(page.locator(".entry-user"))).toBe("List support tickets");
    expect(await readVisibleText(page.locator(".call > summary"))).toMatch(/^Listed support tickets/);
    expect({ consoleErrors, externalRequests }).toEqual({ consoleErrors: [], externalRequests: [] });
  }, 60_000);

  test("works with only the keyboard", async () => {
    const { page } = await browser.open();
    await openChat(page, server.address);
    await page.keyboard.type("list the products under 50 dollars");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("please");
    await page.keyboard.press("Enter");
    await waitForReply(page);
    expect(await readVisibleText(page.locator(".entry-user"))).toBe(
      "list the products under 50 dollars\nplease",
    );
    expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe("Message");

    const focused = () => page.evaluate(() => document.activeElement?.closest(".call > summary") !== null);
    for (let steps = 0; steps < 30 && !(await focused()); steps += 1) await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Result" }).first().waitFor();
    expect(
      await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle),
    ).toBe("solid");
  }, 60_000);

  test("produces the picture of README, small enough to load quickly", async () => {
    const { page } = await browser.open({ viewport: SCREENSHOT_SIZE });
    await openChat(page, server.address);
    const screenshot = await takeScreenshot(page);
    const { width, height } = SCREENSHOT_SIZE;
    expect([screenshot.readUInt32BE(16), screenshot.readUInt32BE(20)]).toEqual([width, height]);
    await saveScreenshot(screenshot, `${import.meta.dir}/picture.png`, process.env.PICTURE === "1");
  }, 60_000);

  test("is served with its policy and with immutable files", async () => {
    const index = await fetch(server.address);
    expect(index.headers.get("content-security-policy")).toContain("default-src 'none'");
    const script = /src="(\.\/ui\/[^"]+)"/.exec(await index.text())?.[1] ?? "";
    const file = await fetch(new URL(script, server.address));
    expect([file.status, file.headers.get("cache-control")]).toEqual([
      200,
      "public, max-age=31536000, immutable",
    ]);
    const again = await fetch(new URL(script, server.address), {
      headers: { "if-none-match": file.headers.get("etag") ?? "" },
    });
    expect(again.status).toBe(304);
  });
});

test("`saveScreenshot()` writes only if there is no picture or if it is forced, so that a checkout stays unchanged", async () => {
  const folder = await mkdtemp(`${tmpdir()}/specchat-picture-`);
  const path = `${folder}/picture.png`;
  const saved: string[] = [];
  for (const [content, isForced] of [
    ["first", false],
    ["second", false],
    ["third", true],
  ] as const) {
    await saveScreenshot(Buffer.from(content), path, isForced);
    saved.push(await Bun.file(path).text());
  }
  await rm(folder, { recursive: true });
  expect(saved).toEqual(["first", "first", "third"]);
});
