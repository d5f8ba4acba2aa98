/** How the page looks, where a mistake hides something: phones, fingers, both directions of writing, days, exact text. */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import type { BrowserContext, Page } from "playwright-core";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, type PageOptions, useContexts } from "./browser.ts";
import { type DemoServer, startDemoServer } from "./real.ts";
import { createAiResponse, createFrameSequencer, type Script, startScriptedServer } from "./scripted.ts";
import { storeConversation } from "./seeded.ts";

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } as const;
const HOUR = 3_600_000;
const REPLY = [
  "Text with `a => b != c`, <kbd>-></kbd> and a [link](https://a.example).",
  "> A quote in English.\n>\n> Its second line.",
  "> اقتباس بالعربية.",
  "```ts\nconst f = (x) => x !== 1;\n```",
  "| id | name |\n| - | - |\n| 1 | one |",
].join("\n\n");
const CALL = {
  tool_call_id: "1",
  name: "deleteOrder",
  summary: "Delete an order of a customer whose name is long, with all that belongs to it",
  arguments: { orderId: "a->b" },
  method: "DELETE",
  path: "/orders/{orderId}",
};

const reply: Script = (client) => {
  const next = createFrameSequencer();
  const result = { status: "ok", http_status: 200, duration_ms: 4, result: '{"id":"a->b"}' } as const;
  client.send(next({ type: "tool_call", ...CALL } as const));
  client.send(next({ type: "tool_result", tool_call_id: "1", name: CALL.name, ...result } as const));
  client.send(next({ type: "text_delta", text: REPLY } as const));
  client.send(next(createAiResponse(REPLY)));
};

const approval: Script = (client, { type }) => {
  if (type !== "message") return;
  const next = createFrameSequencer();
  const request = { method: "DELETE", url: "https://shop.example/orders/a->b", headers: { "X-A": "->" } };
  const calls = { tool_calls: [{ ...CALL, request }], expires_at: "2099-01-01T00:00:00.000Z" };
  client.send(next({ type: "typing", message: "…" } as const));
  client.send(next({ type: "approval_request", approval_id: "p", ...calls } as const));
};

describeInBrowser("the page looks right", () => {
  const browser = useContexts();
  const scripted = startScriptedServer();
  let server: DemoServer;
  let context: BrowserContext | undefined;
  beforeAll(async () => {
    server = await startDemoServer(["--share-links", "--models", "small,large"]);
  });
  beforeEach(async () => {
    await context?.close();
    scripted.reset();
  });
  afterAll(() => Promise.all([scripted.stop(), server.stop()]));

  const open = async (address: string, look: PageOptions = {}): Promise<Page> => {
    context = await browser.create(look);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await openChat(page, address);
    return page;
  };
  const overflowOf = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  test.each(["fr", "ar"])(
    "a phone has everything of the header, also without a connection: %s",
    async (locale) => {
      scripted.reset({ models: ["demo", "a-model-with-a-long-name-of-its-own"] });
      const page = await open(scripted.address, { ...PHONE, locale });
      const next = createFrameSequencer();
      scripted.setScript((client, { type }) => {
        if (type === "message") client.send(next({ type: "text_delta", text: "So far" } as const));
        client.drop();
      });
      const more = page.locator(".header-more");
      await more.click();
      await page.locator(".header-menu .header-model").selectOption("a-model-with-a-long-name-of-its-own");
      expect(
        await page.locator(".header-menu:popover-open a, .header-menu:popover-open button").count(),
      ).toBe(2);
      await page.locator(".header-menu button").click();
      await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
      await page.keyboard.press("Escape");
      await page.locator("textarea").fill("Go");
      await page.keyboard.press("Enter");
      await page.locator(".connection-reconnecting").waitFor();
      const shown = await page.locator(".header").evaluate((header) => {
        const boxes = [...header.querySelectorAll("button, a, select")].filter((one) =>
          one.checkVisibility(),
        );
        return boxes.every((one) => {
          const { left, right } = one.getBoundingClientRect();
          return left >= 0 && right <= 360;
        });
      });
      expect([shown, await overflowOf(page)]).toEqual([true, 0]);
    },
    60_000,
  );

  test("what a finger has to hit is at least 44 pixels high, in dense places 24", async () => {
    const small: string[] = [];
    const collect = async (page: Page, state: string, selector = "body") => {
      const found = await page.locator(selector).evaluate((root) => {
        const dense =
          ".markdown, .table-footer, .branch-switch, .message-actions, .approval-table, .grid-row, .tree-node";
        return [...root.querySelectorAll("button, a[href], select, input, textarea, summary")]
          .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
          .filter((one) => !one.matches(".markdown a, .markdown input"))
          .filter((one) => one.closest(".visually-hidden, .skip-link, [hidden], input[type=file]") === null)
          .map((one) => ({ one, height: (one.closest("label") ?? one).getBoundingClientRect().height }))
          .filter(({ one, height }) => height > 0 && height < (one.closest(dense) ? 23.9 : 43.9))
          .map(({ one, height }) => `${one.className || one.tagName} ${Math.round(height)}`);
      });
      small.push(...found.map((text) => `${state}: ${text}`));
    };
    const page = await open(server.address, PHONE);
    await collect(page, "welcome");
    await page.locator(".header-more").click();
    await collect(page, "menu", ".header-menu");
    await page.keyboard.press("Escape");
    await sendMessage(page, "List the orders");
    await page.locator(".entry-reply").waitFor();
    await waitForReply(page);
    // By keyboard: the list may move under a pointer.
    await page.locator(".call > summary").first().press("Enter");
    await page.locator(".result").waitFor();
    await collect(page, "reply");
    await page.locator("[popovertarget=overview]").click();
    await page.locator(".overview-questions a").waitFor();
    await collect(page, "overview", ".overview");
    await page.keyboard.press("Escape");
    await page.locator(".conversations-button").click();
    await page.locator(".conversation-line").waitFor();
    await collect(page, "list", ".drawer");
    await page.keyboard.press("Escape");
    scripted.setScript(approval);
    await openChat(page, scripted.address);
    await sendMessage(page, "Delete it");
    await page.locator(".approval").waitFor();
    await collect(page, "approval", ".approval");
    expect(small).toEqual([]);
  }, 60_000);

  test("exact text has no ligatures", async () => {
    const page = await open(scripted.address);
    const findLigatures = () =>
      page.evaluate(() => {
        const elements = [...document.querySelectorAll("body *")].filter(
          (one) => one.checkVisibility() && getComputedStyle(one).fontFamily.includes("JetBrains Mono"),
        );
        const joined = elements.filter((one) => getComputedStyle(one).fontVariantLigatures !== "none");
        return { isEmpty: elements.length === 0, joined: joined.map((one) => one.outerHTML.slice(0, 80)) };
      });
    scripted.setScript(reply);
    await sendMessage(page, "Go");
    await page.locator(".markdown pre").waitFor();
    await page.locator(".call > summary").press("Enter");
    await page.locator(".result-views button").last().click();
    expect(await findLigatures()).toEqual({ isEmpty: false, joined: [] });
    scripted.setScript(approval);
    await openChat(page, scripted.address);
    await sendMessage(page, "Delete it");
    await page.getByText("Exact request").click();
    await page.getByRole("region", { name: "Headers" }).waitFor();
    expect(await findLigatures()).toEqual({ isEmpty: false, joined: [] });
  }, 60_000);

  test("in Arabic, foreign texts keep their own direction, and lines are on the side where a text begins", async () => {
    const page = await open(scripted.address, { ...PHONE, locale: "ar" });
    scripted.setScript(reply);
    await page.locator("textarea").fill("Which order?");
    await page.keyboard.press("Enter");
    await page.locator(".markdown blockquote").nth(1).waitFor();
    const styles = await page.evaluate(() => {
      const styleOf = (selector: string, at = 0) => {
        const element = document.querySelectorAll(selector)[at];
        if (element === undefined) throw new Error(`no ${selector}`);
        return getComputedStyle(element);
      };
      const quotes = [0, 1].map((at) => {
        const { borderLeftWidth, borderRightWidth } = styleOf(".markdown blockquote", at);
        return [borderLeftWidth, borderRightWidth];
      });
      const { direction, textAlign } = styleOf(".call-line");
      return { quotes, line: [direction, textAlign] };
    });
    expect(styles).toEqual({
      quotes: [
        ["3px", "0px"],
        ["0px", "3px"],
      ],
      line: ["ltr", "right"],
    });
    scripted.setScript(approval);
    await openChat(page, scripted.address);
    await page.locator("textarea").fill("Delete it");
    await page.keyboard.press("Enter");
    const card = page.locator(".approval-danger");
    await card.waitFor();
    expect(await card.evaluate((one) => getComputedStyle(one).borderRightWidth)).toBe("3px");
    expect(await overflowOf(page)).toBe(0);
  }, 60_000);

  test("a day is named once: not while its mark is visible, and not when there is only one", async () => {
    const days = await storeConversation(server, 30, (turn) => new Date(Date.now() - (30 - turn) * 2 * HOUR));
    const page = await open(`${server.address}?conversation=${days}`);
    const scrollTo = (top: number) =>
      page.locator(".viewport").evaluate((box, offset) => box.scrollTo(0, offset), top);
    await page.locator(".entry").last().waitFor();
    await page.locator(".day-mark-sticky time").waitFor();
    await scrollTo(20);
    await page.locator(".day-mark-sticky").waitFor({ state: "detached" });
    await scrollTo(120);
    await page.locator(".day-mark-sticky time").waitFor();

    const now = await storeConversation(server, 10, () => new Date());
    await page.goto(`${server.address}?conversation=${now}`);
    await page.locator(".entry").last().waitFor();
    await scrollTo(300);
    await page.locator(".entry").nth(4).waitFor();
    expect(await page.locator(".day-mark-sticky").count()).toBe(0);
  }, 60_000);

  test("a shared conversation is read from its beginning, and its date has no seconds", async () => {
    const page = await open(server.address, { locale: "en-US", viewport: { width: 1200, height: 400 } });
    await sendMessage(page, "List the orders");
    await page.locator(".entry-reply").waitFor();
    await waitForReply(page);
    await page.locator("[popovertarget=overview]").click();
    await page.getByRole("button", { name: "Create a link" }).click();
    await page.goto(await page.getByLabel("Link", { exact: true }).inputValue());
    await page.locator(".markdown").first().waitFor();
    await waitForReply(page);
    expect(
      await page.locator(".viewport").evaluate((box) => [box.scrollTop, box.scrollHeight > box.clientHeight]),
    ).toEqual([0, true]);
    expect(await readVisibleText(page.locator(".banner"))).toMatch(
      /^A shared conversation, as of \w{3} \d+, \d+:\d\d [AP]M\. It can only be read\.$/,
    );
  }, 60_000);

  test("paper has dark text in the dark theme too, whole tables, and what is folded, without buttons", async () => {
    const rows = Array.from({ length: 60 }, (_, at) => `| ${at} | row |`).join("\n");
    const text = `| id | name |\n| - | - |\n${rows}\n\n<details><summary>More</summary>\n\nFolded text.\n\n</details>`;
    const page = await open(scripted.address, { colorScheme: "dark" });
    const next = createFrameSequencer();
    scripted.setScript((client) => client.send(next(createAiResponse(text))));
    await sendMessage(page, "Go");
    await page.locator(".markdown details").waitFor();
    await page.emulateMedia({ media: "print" });
    const printed = await page.evaluate(() => {
      const table = document.querySelector(".table-scroll");
      const folded = document.querySelector(".markdown details p");
      const shown = [...document.querySelectorAll("button, .usage")].filter((one) => one.checkVisibility());
      return {
        color: getComputedStyle(document.body).color,
        isCut: table === null || table.scrollHeight > table.clientHeight + 1,
        isFolded: !folded?.checkVisibility({ contentVisibilityAuto: true }),
        buttons: shown.filter((one) => one.closest("th") === null).map((one) => one.className),
      };
    });
    expect(printed).toEqual({ color: "rgb(29, 30, 32)", isCut: false, isFolded: false, buttons: [] });
  }, 60_000);
});
