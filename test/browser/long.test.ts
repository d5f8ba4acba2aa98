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
  };
  const question = (page: Page, turn: number) => page.getByText(`Question ${turn}`, { exact: true });
  /** Scrolls up by wheel until a question is in the document. */
  const scrollUpTo = async (page: Page, turn: number) => {
    await page.mouse.move(640, 400);
    for (let step = 0; step < 200 && (await question(page, turn).count()) === 0; step++) {
      await page.mouse.wheel(0, -2_500);
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
    const places = await page.evaluate(async () => {
      const viewport = document.querySelector(".viewport");
      if (viewport === null) throw new Error("no viewport");
      const topOf = (entry: Element) => Math.round(entry.getBoundingClientRect().top);
      const settle = () => new Promise((resolve) => setTimeout(resolve, 100));
      viewport.scrollTop = 1_500;
      await settle();
      const shown = [...document.querySelectorAll(".entry-user")].find((entry) => topOf(entry) > 100);
      const before = shown && topOf(shown);
      const name = shown?.textContent;
      const heightBefore = viewport.scrollHeight;
      const { length } = document.querySelectorAll(".older-messages .shimmer");
      for (let wait = 0; wait < 100 && viewport.scrollHeight === heightBefore; wait++) await settle();
      await settle();
      const same = [...document.querySelectorAll(".entry-user")].find((entry) => entry.textContent === name);
      return { before, after: same && topOf(same), hasGrown: viewport.scrollHeight > heightBefore, length };
    });
    expect(places.hasGrown).toBe(true);
    expect(Math.abs((places.after ?? 0) - (places.before ?? 0))).toBeLessThanOrEqual(2);
  }, 60_000);

  test("marks each day, and names the day of what is at the top", async () => {
    const { page } = await browser.open();
    await open(page);
    const sticky = page.locator(".day-mark-sticky");
    await sticky.getByText("Today").waitFor();
    await scrollUpTo(page, 75);
    await page.locator(".day-mark:not(.day-mark-sticky)", { hasText: "Today" }).waitFor();
    await page.mouse.wheel(0, -1_500);
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
