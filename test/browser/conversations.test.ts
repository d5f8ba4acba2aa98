import { afterAll, beforeEach, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { HistoryMessage } from "../../src/protocols/native/types.ts";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { findLowContrastText } from "./contrast.ts";
import {
  createAiResponse,
  createFrameSequencer,
  createSessionFrame,
  HELLO,
  type Script,
  startScriptedServer,
} from "./scripted.ts";

const DAY = 86_400_000;
const updatedDaysAgo = (days: number) => ({ updated_at: new Date(Date.now() - days * DAY).toISOString() });

const createMessage = (id: string, role: "user" | "assistant", content: string): HistoryMessage => ({
  message_id: id,
  role,
  content,
  timestamp: "2026-01-01T12:00:00.000Z",
  tool_calls: [],
  tool_results: [],
});

/** Returns a script that replies to every message and resumes every session. */
function createTalk(): Script {
  const next = createFrameSequencer();
  return (client, frame) => {
    if (frame.type === "message") {
      client.send(next({ type: "typing", message: "…" } as const));
      return client.send(next(createAiResponse(`To ${frame.message}`)));
    }
    if (frame.type !== "resume") return;
    client.send({ ...HELLO, session_id: String(frame.session_id), resumed: true });
    const messages = [
      createMessage("1", "user", `A message in ${frame.session_id}`),
      createMessage("2", "assistant", "This."),
    ];
    client.send({ type: "snapshot", seq: 0, messages, partial: "", approvals: [] });
  };
}

const titles = (page: Page) => page.locator(".conversation-title").allInnerTexts();

describeInBrowser("the list of conversations", () => {
  const browser = useBrowser();
  const server = startScriptedServer();
  beforeEach(() => {
    server.reset();
    server.setScript(createTalk());
  });
  afterAll(() => server.stop());

  test("groups them by day, shows their state, and opens each over its own connection", async () => {
    server.setSessions([
      createSessionFrame("a", "Orders", { state: "waiting" }),
      createSessionFrame("b", "Stock", { state: "running", ...updatedDaysAgo(1) }),
      createSessionFrame("c", "", updatedDaysAgo(9)),
    ]);
    const { page, consoleErrors } = await browser.open({ viewport: { width: 1200, height: 800 } });
    await openChat(page, server.address);
    const column = page.getByRole("complementary", { name: "Conversations" });
    await column.getByText("Orders").waitFor();
    expect(await column.locator("h3, .conversation-title").allInnerTexts()).toEqual([
      "Today",
      "Orders",
      "Yesterday",
      "Stock",
      "Earlier",
      "Untitled",
    ]);
    expect(await column.getByRole("link", { name: "Orders waiting for your approval" }).count()).toBe(1);
    expect(await column.getByRole("link", { name: "Stock in progress" }).count()).toBe(1);

    await sendMessage(page, "one");
    await waitForReply(page);
    await column.getByRole("link", { name: "Orders waiting for your approval" }).click();
    await page.getByText("A message in a").waitFor();
    expect(await page.locator(".entry").count()).toBe(2);
    expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe("Message");
    expect(await column.locator("[aria-current=page]").allInnerTexts()).toEqual(["Orders"]);
    await page.reload();
    await page.getByText("A message in a").waitFor();
    await page.getByRole("button", { name: "New conversation" }).click();
    await page.locator(".welcome").waitFor();
    await page.locator(".connection-open").waitFor();
    const resume = { type: "resume", session_id: "a", last_seq: 0, limit: 60, snapshot: true };
    expect(server.received).toEqual([{ type: "message", message: "one" }, resume, resume]);
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("refreshes when a turn starts, when it ends, and when the page gets the focus", async () => {
    const { page } = await browser.open();
    await openChat(page, server.address);
    await page.getByText("Your conversations will appear here.").waitFor();
    server.setSessions([createSessionFrame("session-1", "About one")]);
    await sendMessage(page, "one");
    await page.getByRole("complementary").getByText("About one").waitFor();
    server.setSessions([
      createSessionFrame("session-1", "About one"),
      createSessionFrame("elsewhere", "On the phone"),
    ]);
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await page.getByText("On the phone").waitFor();
  }, 60_000);

  test("can be searched, and loads older conversations on demand", async () => {
    server.setSessions(
      Array.from({ length: 70 }, (_, n) => createSessionFrame(`s${n}`, `Talk ${n}`, updatedDaysAgo(n))),
    );
    const { page } = await browser.open();
    await openChat(page, server.address);
    const older = page.getByRole("button", { name: "Show older conversations" });
    await older.click();
    await page.getByText("Talk 59", { exact: true }).waitFor();
    await older.click();
    await page.getByText("Talk 69", { exact: true }).waitFor();
    expect([(await titles(page)).length, await older.count()]).toEqual([70, 0]);
    const field = page.getByRole("searchbox", { name: "Search conversations" });
    await field.pressSequentially("Talk 6");
    await page.waitForFunction(() => document.querySelectorAll(".conversation").length === 11);
    await field.fill("nowhere");
    await page.getByText("No conversations found.").waitFor();
    await field.fill("");
    await page.waitForFunction(() => document.querySelectorAll(".conversation").length === 30);
    expect(server.requests.filter((request) => request.includes("search")).slice(0, 2)).toEqual([
      "GET sessions?limit=30&search=Talk+6",
      "GET sessions?limit=30&search=nowhere",
    ]);
    expect(server.requests).toContain("GET sessions?limit=30&before=s29");
  }, 60_000);

  test("renames, exports, and deletes after a confirmation, all with the keyboard", async () => {
    server.setSessions([createSessionFrame("a", "Orders"), createSessionFrame("b/2", "Stock")]);
    const { page } = await browser.open();
    await openChat(page, server.address);
    const focused = () =>
      page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.textContent);
    await page.getByRole("button", { name: "More actions for Stock" }).press("Enter");
    const [markdown, json] = await Promise.all(
      ["Markdown", "JSON"].map((format) =>
        page.getByRole("link", { name: `Export Stock as ${format}` }).getAttribute("href"),
      ),
    );
    const at = (format: string) => new URL(`sessions/b%2F2/export?format=${format}`, server.address).href;
    expect([markdown, json]).toEqual([at("markdown"), at("json")]);
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Export Stock as JSON" }).press("Enter");
    expect((await download).url()).toBe(at("json"));

    await page.getByRole("button", { name: "Rename Stock" }).press("Enter");
    expect(await focused()).toBe("Name");
    await page.keyboard.press("Escape");
    expect(await focused()).toBe("Stock");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Rename Stock" }).press("Enter");
    await page.keyboard.type("Chairs");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Chairs", exact: true }).waitFor();
    expect(await focused()).toBe("Chairs");

    await page.getByRole("button", { name: "More actions for Chairs" }).press("Enter");
    await page.getByRole("button", { name: "Delete Chairs" }).press("Enter");
    expect(await focused()).toBe("Cancel");
    await page.keyboard.press("Enter");
    expect(await focused()).toBe("More actions for Chairs");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Delete Chairs" }).press("Enter");
    await page.getByRole("button", { name: "Delete", exact: true }).press("Enter");
    await page.waitForFunction(() => document.querySelectorAll(".conversation").length === 1);
    expect(await focused()).toBe("Search conversations");
    expect(server.requests.filter((request) => !request.startsWith("GET"))).toEqual([
      'PATCH sessions/b%2F2 {"title":"Chairs"}',
      "DELETE sessions/b%2F2",
    ]);
  }, 60_000);

  test("opens a new conversation when the current one is deleted", async () => {
    server.setSessions([createSessionFrame("a", "Orders")]);
    const { page } = await browser.open();
    await openChat(page, server.address);
    await page.getByRole("link", { name: "Orders", exact: true }).click();
    await page.getByText("A message in a").waitFor();
    await page.getByRole("button", { name: "More actions for Orders" }).click();
    await page.getByRole("button", { name: "Delete Orders" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.locator(".welcome").waitFor();
    await page.locator(".connection-open").waitFor();
    expect(await titles(page)).toEqual([]);
  }, 60_000);

  test("says so when an opened conversation no longer exists", async () => {
    server.setSessions([createSessionFrame("a", "Orders")]);
    server.setScript((client) =>
      client.send({ type: "error", code: "session_not_found", message: "?", retryable: false }),
    );
    const { page } = await browser.open();
    await openChat(page, server.address);
    await page.getByRole("link", { name: "Orders", exact: true }).click();
    await page.getByRole("heading", { name: "This conversation was not found" }).waitFor();
    await page.getByRole("main").getByRole("button", { name: "New conversation" }).click();
    await page.locator(".welcome").waitFor();
  }, 60_000);

  test("keeps what was not sent as the draft of its conversation", async () => {
    const next = createFrameSequencer();
    const talk = createTalk();
    server.setSessions([createSessionFrame("a", "Orders")]);
    server.setScript((client, frame) =>
      frame.type === "message"
        ? client.send(next({ type: "typing", message: "…" } as const))
        : talk(client, frame),
    );
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "runs");
    await sendMessage(page, "waits");
    await page.getByRole("region", { name: "Queued messages" }).waitFor();
    await page.getByLabel("Message", { exact: true }).fill("half a thou");
    await page.getByRole("link", { name: "Orders", exact: true }).click();
    await page.getByText("A message in a").waitFor();
    const field = page.getByLabel("Message", { exact: true });
    expect(await field.inputValue()).toBe("");
    await field.fill("about the orders");
    server.setSessions([createSessionFrame("a", "Orders"), createSessionFrame("session-1", "Runs")]);
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await page.getByText("A message in session-1").waitFor();
    expect(await field.inputValue()).toBe("waits\n\nhalf a thou");
    await page.reload();
    await page.getByText("A message in session-1").waitFor();
    expect(await field.inputValue()).toBe("waits\n\nhalf a thou");
    await page.getByRole("link", { name: "Orders", exact: true }).click();
    await page.getByText("A message in a").waitFor();
    expect(await field.inputValue()).toBe("about the orders");
    expect(server.received.map(({ type }) => type)).toEqual([
      "message",
      "resume",
      "resume",
      "resume",
      "resume",
    ]);
  }, 60_000);

  test("reports a failed load or deletion, and offers to try again", async () => {
    server.setSessions(500);
    const { page } = await browser.open();
    await openChat(page, server.address);
    await page.getByRole("alert").getByText("The conversations could not be loaded.").waitFor();
    server.setSessions([createSessionFrame("a", "Orders")]);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: "More actions for Orders" }).click();
    await page.getByRole("button", { name: "Delete Orders" }).click();
    server.setSessions(503);
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("alert").getByText("The conversation could not be deleted.").waitFor();
    expect(await titles(page)).toEqual(["Orders"]);
    await page.getByRole("alert").getByRole("button", { name: "Dismiss" }).click();
    expect(await page.getByRole("alert").count()).toBe(0);
  }, 60_000);

  test("is not shown if the server does not list conversations", async () => {
    server.setSessions(undefined);
    const { page, consoleErrors } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "one");
    await waitForReply(page);
    expect(await page.getByRole("button", { name: "Conversations" }).count()).toBe(0);
    expect(await page.locator(".conversations").count()).toBe(0);
    // The browser itself reports the 404 response.
    expect(consoleErrors).toEqual([expect.stringContaining("404")]);
    expect(server.requests).toEqual(["GET sessions?limit=30"]);
  }, 60_000);

  test("can be hidden on a wide screen, and stays hidden after a reload", async () => {
    server.setSessions([createSessionFrame("a", "Orders")]);
    const { page } = await browser.open({ viewport: { width: 1100, height: 700 } });
    await openChat(page, server.address);
    await page.getByRole("complementary").getByText("Orders").waitFor();
    const button = page.getByRole("button", { name: "Conversations" });
    expect(await button.getAttribute("aria-expanded")).toBe("true");
    await button.click();
    expect(await page.getByRole("complementary").count()).toBe(0);
    await page.reload();
    await button.waitFor();
    expect([
      await button.getAttribute("aria-expanded"),
      await page.getByRole("complementary").count(),
    ]).toEqual(["false", 0]);
    await button.click();
    await page.getByRole("complementary").getByText("Orders").waitFor();
  }, 60_000);

  test("is a drawer on a narrow screen: Escape, a click outside and a choice close it", async () => {
    server.setSessions([createSessionFrame("a", "Orders")]);
    const { page } = await browser.open({ viewport: { width: 360, height: 640 } });
    await openChat(page, server.address);
    const button = page.getByRole("button", { name: "Conversations" });
    const drawer = page.getByRole("dialog", { name: "Conversations" });
    await button.click();
    await drawer.waitFor();
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "hidden" });
    expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe("Conversations");
    await button.click();
    await page.mouse.click(350, 300);
    await drawer.waitFor({ state: "hidden" });
    await button.click();
    await drawer.getByRole("button", { name: "More actions for Orders" }).click();
    await drawer.getByRole("button", { name: "Rename Orders" }).click();
    await page.keyboard.press("Escape");
    await drawer.getByRole("link", { name: "Orders", exact: true }).click();
    await page.getByText("A message in a").waitFor();
    expect(await drawer.count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe("Message");
  }, 60_000);

  for (const colorScheme of ["light", "dark"] as const) {
    test(`shows titles as text, fits, and has enough contrast: ${colorScheme}`, async () => {
      const evil = '<img src="http://evil.example/x.png" onerror="alert(1)">';
      server.setSessions([
        createSessionFrame("a", evil, { state: "waiting" }),
        createSessionFrame("b", "x".repeat(300), { state: "running", ...updatedDaysAgo(1) }),
        ...Array.from({ length: 40 }, (_, n) => createSessionFrame(`s${n}`, "Talk", updatedDaysAgo(n + 5))),
      ]);
      for (const width of [360, 1100, 1600]) {
        const { page, externalRequests } = await browser.open({
          viewport: { width, height: 640 },
          colorScheme,
        });
        await openChat(page, server.address);
        if (width === 360) await page.getByRole("button", { name: "Conversations" }).click();
        const list = page.locator(".conversations");
        await list.getByText("Today").waitFor();
        expect(await readVisibleText(list.locator(".conversation-title").first())).toBe(evil);
        await list.getByRole("button", { name: /^More actions for </ }).click();
        await list.getByRole("button", { name: /^More actions for x/ }).click();
        await list.getByRole("button", { name: /^Delete x/ }).click();
        expect(await page.locator("#root img").count()).toBe(0);
        expect(await findLowContrastText(page)).toEqual([]);
        const over = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect([await over(), await list.evaluate((box) => box.scrollWidth - box.clientWidth)]).toEqual([
          0, 0,
        ]);
        expect(externalRequests).toEqual([]);
      }
    }, 60_000);
  }
});
