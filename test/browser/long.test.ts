import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { type DemoServer, startDemoServer } from "./real.ts";
import { questionId, storeConversation } from "./seeded.ts";

const DAY = 86_400_000;

describeInBrowser("a long conversation", () => {
  const browser = useBrowser();
  let server: DemoServer;
  let id = "";
  beforeAll(async () => {
    server = await startDemoServer();
    // 75 turns on each of two days: yesterday and today.
    id = await storeConversation(server, 150, (turn) => new Date(Date.now() - (turn <= 75 ? DAY : 0)));
  });
  afterAll(() => server.stop());

  const open = async (page: Page, message = "") => {
    await page.goto(`${server.address}?conversation=${id}${message}`);
    await page.locator(".entry").last().waitFor();
    await page.waitForFunction(() => document.querySelector(".markdown:empty") === null);
  };
  const question = (page: Page, turn: number) => page.getByText(`Question ${turn}`, { exact: true });
  /** Scrolls up by wheel until a question is in the document. */
  const scrollUpTo = async (page: Page, turn: number) => {
    await page.mouse.move(640, 400);
    for (let step = 0; step < 200 && (await question(page, turn).count()) === 0; step++) {
      await page.mouse.wheel(0, -1_000);
      await page.waitForTimeout(20);
    }
    await question(page, turn).waitFor();
  };

  test("opens with its newest turns, and loads older ones to the beginning while one scrolls", async () => {
    const { page, consoleErrors } = await browser.open();
    await open(page);
    await question(page, 150).waitFor();
    expect(await question(page, 121).count()).toBe(0);
    await scrollUpTo(page, 1);
    await page.mouse.wheel(0, -5_000);
    await page.getByText("This is the beginning of the conversation.").waitFor();
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("stays at its place when older messages arrive", async () => {
    const { page } = await browser.open();
    await open(page);
    await question(page, 150).waitFor();
    await page.locator(".day-mark-sticky time").waitFor();
    const seen = await page.evaluate(async () => {
      const viewport = document.querySelector(".viewport");
      if (viewport === null) throw new Error("no viewport");
      const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const heightBefore = viewport.scrollHeight;
      viewport.scrollTop = 1_200;
      await nextFrame();
      await nextFrame();
      const entries = () => [...document.querySelectorAll(".entry-user")];
      const topOf = (entry: Element) => entry.getBoundingClientRect().top;
      const name = entries().find((entry) => topOf(entry) > 100)?.textContent;
      const tops = new Set<number | undefined>();
      for (let frame = 0; frame < 60; frame++) {
        const same = entries().find((entry) => entry.textContent === name);
        tops.add(same && Math.round(topOf(same)));
        await nextFrame();
      }
      return { hasGrown: viewport.scrollHeight > heightBefore + 5_000, tops: [...tops] };
    });
    expect(seen).toEqual({ hasGrown: true, tops: [expect.any(Number)] });
  }, 60_000);

  test("marks each day, and names the day of what is at the top", async () => {
    const { page } = await browser.open();
    await open(page);
    const sticky = page.locator(".day-mark-sticky");
    await sticky.getByText("Today").waitFor();
    await scrollUpTo(page, 75);
    await page.locator(".day-mark:not(.day-mark-sticky)", { hasText: "Today" }).waitFor();
    await page.mouse.wheel(0, -3_000);
    await sticky.getByText("Yesterday").waitFor();
  }, 60_000);

  test("opens at the message of its address, whose page is loaded first", async () => {
    const { page } = await browser.open();
    await open(page, `#${questionId(12)}`);
    await question(page, 12).waitFor();
    const { top } = await page
      .locator(".entry-user", { has: question(page, 12) })
      .evaluate((entry) => entry.getBoundingClientRect());
    expect(top).toBeGreaterThan(0);
    expect(top).toBeLessThan(200);
    await page.waitForFunction(() => document.activeElement?.classList.contains("entry-user"));
  }, 60_000);
});
