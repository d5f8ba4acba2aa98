/** What a person looks at, or is about to click, stays where it is. */
import { afterAll, beforeEach, expect, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { openChat, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { createAiResponse, createFrameSequencer, type Script, startScriptedServer } from "./scripted.ts";

const CALL = { tool_call_id: "a", name: "listOrders", method: "GET", path: "/orders" } as const;
const ROWS = JSON.stringify(Array.from({ length: 40 }, (_, id) => ({ id, name: `Order ${id}` })));

describeInBrowser("the conversation is steady:", () => {
  const browser = useBrowser();
  const server = startScriptedServer();
  beforeEach(() => server.reset());
  afterAll(() => server.stop());

  const topOf = (element: Locator) => element.evaluate((one) => one.getBoundingClientRect().top);
  const waitForFrames = (page: Page, count: number) =>
    page.evaluate(async (count) => {
      for (let frame = 0; frame < count; frame++) await new Promise((done) => requestAnimationFrame(done));
    }, count);

  const answer: Script = (client) => {
    const next = createFrameSequencer();
    client.send(next({ type: "tool_call", ...CALL, arguments: {} } as const));
    client.send(
      next({
        type: "tool_result",
        tool_call_id: "a",
        name: CALL.name,
        status: "ok",
        http_status: 200,
        duration_ms: 3,
        result: `HTTP 200 OK\n\n${ROWS}`,
      } as const),
    );
    const text = "There are **forty**.\n\n".repeat(4);
    client.send(next({ type: "text_delta", text } as const));
    client.send(next(createAiResponse(text)));
  };

  test("a card that is opened at the end keeps its headline in place, however late its content comes", async () => {
    server.setScript(answer);
    const { page } = await browser.open({ viewport: { width: 1280, height: 700 } });
    await openChat(page, server.address);
    const gate = Promise.withResolvers<void>();
    await page.route(/\/call-detail-/, async (route) => {
      await gate.promise;
      await route.continue();
    });
    await sendMessage(page, "Orders?");
    await waitForReply(page);
    await page.getByRole("button", { name: "Copy reply" }).waitFor();
    await waitForFrames(page, 10);
    const headline = page.locator(".call > summary");
    await headline.hover();
    const before = await topOf(headline);
    await page.mouse.down();
    await page.mouse.up();
    // A wheel that was turned just before the click still moves the conversation.
    await page.locator(".viewport").evaluate((viewport) => viewport.dispatchEvent(new Event("scroll")));
    await waitForFrames(page, 2);
    gate.resolve();
    await page.getByRole("region", { name: "Result" }).waitFor();
    await waitForFrames(page, 10);
    expect(await topOf(headline)).toBe(before);
    // What is chosen in the card does not move it either.
    for (const view of ["Tree", "Raw", "Table"]) {
      const button = page.getByRole("button", { name: view, exact: true });
      const place = await topOf(button);
      await button.click();
      await page.getByRole("button", { name: view, exact: true, pressed: true }).waitFor();
      await waitForFrames(page, 10);
      expect([view, await topOf(button)]).toEqual([view, place]);
    }
    await page.unroute(/\/call-detail-/);
  }, 60_000);

  test("what is on the page takes clicks while it scrolls, as it does while a reply is followed", async () => {
    server.setScript(answer);
    const { page } = await browser.open({ viewport: { width: 1280, height: 420 } });
    await openChat(page, server.address);
    await sendMessage(page, "Orders?");
    await waitForReply(page);
    const isHit = await page.locator(".call > summary").evaluate(async (headline) => {
      const viewport = document.querySelector(".viewport");
      viewport?.scrollTo({ top: 0 });
      for (let frame = 0; frame < 10; frame++) await new Promise((done) => requestAnimationFrame(done));
      viewport?.scrollTo({ top: 1 });
      for (let frame = 0; frame < 2; frame++) await new Promise((done) => requestAnimationFrame(done));
      const { x, y } = headline.getBoundingClientRect();
      return headline.contains(document.elementFromPoint(x + 5, y + 5));
    });
    expect(isHit).toBe(true);
  });

  test("a reply is followed again after a call was looked at and allowed at the end", async () => {
    const next = createFrameSequencer();
    const calls = [
      { ...CALL, arguments: { limit: 3 }, request: { method: "GET", url: "https://shop.example/orders" } },
    ];
    server.setScript((client, { type }) => {
      if (type === "message") {
        client.send(next({ type: "typing", message: "…" } as const));
        const expires_at = "2099-01-01T00:00:00.000Z";
        client.send(
          next({ type: "approval_request", approval_id: "p", tool_calls: calls, expires_at } as const),
        );
      }
      if (type !== "approve") return;
      const text = "There are **forty**.\n\n".repeat(60);
      client.send(next({ type: "text_delta", text } as const));
      client.send(next(createAiResponse(text)));
    });
    const { page } = await browser.open({ viewport: { width: 1280, height: 700 } });
    await openChat(page, server.address);
    await sendMessage(page, "Orders?");
    const box = page.getByRole("region", { name: "Waiting for your approval" });
    await box.getByText("Exact request").click();
    await box.getByRole("button", { name: "Allow GET /orders", exact: true }).click();
    await waitForReply(page);
    await page.waitForFunction(() => {
      const viewport = document.querySelector(".viewport");
      return viewport !== null && viewport.scrollHeight - viewport.scrollTop - viewport.clientHeight < 3;
    });
  }, 60_000);

  test("a reply that grows and ends does not move what is above", async () => {
    const next = createFrameSequencer();
    const pieces = [
      "Paragraph.\n\n".repeat(40),
      "| id | name |\n| - | - |\n",
      ...Array.from({ length: 20 }, (_, id) => `| ${id} | Order ${id} |\n`),
      "\n```ts\n",
      ...Array.from({ length: 20 }, (_, line) => `const line${line} = ${line};\n`),
      "```\n\n",
      ...Array.from({ length: 20 }, (_, item) => `${item + 1}. An item with **bold** text.\n`),
    ];
    let send = (_piece: string) => {};
    let end = () => {};
    server.setScript((client) => {
      send = (text) => client.send(next({ type: "text_delta", text } as const));
      end = () => client.send(next(createAiResponse(pieces.join(""))));
      send(pieces[0] ?? "");
    });
    const { page } = await browser.open({ viewport: { width: 1280, height: 700 } });
    await openChat(page, server.address);
    await sendMessage(page, "Everything");
    await page.waitForFunction(() => document.querySelectorAll(".markdown p").length === 40);
    await page.locator(".viewport").hover();
    await page.mouse.wheel(0, -400);
    await page.getByRole("button", { name: "Scroll to latest" }).waitFor();
    await waitForFrames(page, 10);
    await page.evaluate(() => {
      const seen = [...document.querySelectorAll(".markdown p")].find(
        (one) => one.getBoundingClientRect().top > 200,
      );
      const tops = new Set<number | undefined>();
      Object.assign(window, { tops });
      const watch = () => {
        tops.add(seen?.isConnected ? seen.getBoundingClientRect().top : undefined);
        requestAnimationFrame(watch);
      };
      watch();
    });
    for (const piece of pieces.slice(1)) {
      send(piece);
      await waitForFrames(page, 1);
    }
    end();
    await waitForReply(page);
    await waitForFrames(page, 10);
    const tops = await page.evaluate(() => [...(window as unknown as { tops: Set<number> }).tops]);
    expect(tops).toEqual([expect.any(Number)]);
  }, 60_000);
});
