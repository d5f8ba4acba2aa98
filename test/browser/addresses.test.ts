import { afterAll, beforeEach, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { HistoryMessage } from "../../src/protocols/native/types.ts";
import { openChat, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useContexts } from "./browser.ts";
import {
  type Client,
  createAiResponse,
  createFrameSequencer,
  createSessionFrame,
  HELLO,
  startScriptedServer,
} from "./scripted.ts";

function createMessage(id: string, role: HistoryMessage["role"], content: string): HistoryMessage {
  const timestamp = new Date().toISOString();
  return { message_id: id, role, content, timestamp, tool_calls: [], tool_results: [] };
}

describeInBrowser("the address of a conversation", () => {
  const contexts = useContexts();
  const server = startScriptedServer();
  let latest: Client | undefined;
  beforeEach(() => {
    server.reset();
    server.setSessions([createSessionFrame("a", "Orders"), createSessionFrame("b", "Stock")]);
    server.setScript((client, frame) => {
      latest = client;
      const next = createFrameSequencer();
      if (frame.type === "message") return client.send(next({ type: "typing", message: "…" } as const));
      if (frame.type !== "resume") return;
      if (frame.session_id === "gone")
        return client.send({ type: "error", code: "session_not_found", message: "?", retryable: false });
      client.send({ ...HELLO, session_id: String(frame.session_id), resumed: true });
      const messages = [
        createMessage("q", "user", `A message in ${frame.session_id}`),
        createMessage("r", "assistant", "This."),
      ];
      client.send({ type: "snapshot", seq: 0, messages, partial: "", approvals: [] });
    });
  });
  afterAll(() => server.stop());

  const addressOf = (page: Page) => page.url().slice(server.address.length);
  const choose = (page: Page, title: string) =>
    page.getByRole("complementary").getByText(title, { exact: true }).click();
  const draftField = (page: Page) => page.getByLabel("Message", { exact: true });
  /** Ends the turn of the latest message. */
  const endTurn = (text: string) => latest?.send({ ...createAiResponse(text), seq: 50, turn_id: "turn-1" });

  test("changes with the conversation, and back and forward lead through them, each with its draft", async () => {
    const context = await contexts.create();
    const page = await context.newPage();
    await openChat(page, server.address);
    await choose(page, "Orders");
    await page.getByText("A message in a").waitFor();
    expect(addressOf(page)).toBe("?conversation=a");
    await draftField(page).fill("a draft");
    await choose(page, "Stock");
    await page.getByText("A message in b").waitFor();
    expect([addressOf(page), await draftField(page).inputValue()]).toEqual(["?conversation=b", ""]);
    await page.goBack();
    await page.getByText("A message in a").waitFor();
    expect([addressOf(page), await draftField(page).inputValue()]).toEqual(["?conversation=a", "a draft"]);
    await page.goBack();
    await page.locator(".welcome").waitFor();
    expect([addressOf(page), await draftField(page).inputValue()]).toEqual(["", ""]);
    await page.goForward();
    await page.goForward();
    await page.getByText("A message in b").waitFor();
    await page.reload();
    await page.getByText("A message in b").waitFor();
    expect(await page.title()).toBe("Stock · specchat");
    await context.close();
  }, 60_000);

  test("is that of the page until the first message, which is no step back", async () => {
    const context = await contexts.create();
    const page = await context.newPage();
    await openChat(page, server.address);
    await sendMessage(page, "one");
    await page.locator(".entry-reply").waitFor();
    expect(addressOf(page)).toBe("?conversation=session-1");
    expect(await page.evaluate(() => history.length)).toBe(2);
    await context.close();
  }, 60_000);

  test("of a conversation that does not exist says so, and keeps what was written there", async () => {
    const context = await contexts.create();
    const page = await context.newPage();
    await openChat(page, `${server.address}?conversation=gone&other=1`);
    await page.getByRole("heading", { name: "This conversation was not found" }).waitFor();
    expect(addressOf(page)).toBe("?conversation=gone&other=1");
    await sendMessage(page, "instead");
    await page.locator(".entry-user", { hasText: "instead" }).waitFor();
    expect(addressOf(page)).toBe("?conversation=session-1&other=1");
    await context.close();
  }, 60_000);

  test("belongs to one tab: another tab shows another conversation", async () => {
    const context = await contexts.create();
    const [one, other] = [await context.newPage(), await context.newPage()];
    await openChat(one, `${server.address}?conversation=a`);
    await openChat(other, `${server.address}?conversation=b`);
    await one.reload();
    await one.getByText("A message in a").waitFor();
    await other.getByText("A message in b").waitFor();
    await context.close();
  }, 60_000);

  test("is that of its link in the list, which opens here, or in another tab if the browser is asked for one", async () => {
    const context = await contexts.create();
    const page = await context.newPage();
    await openChat(page, `${server.address}?other=1`);
    const link = (title: string) => page.getByRole("link", { name: title, exact: true });
    expect(await link("Orders").getAttribute("href")).toBe(`${server.address}?other=1&conversation=a`);
    for (const click of [
      () => link("Stock").click({ modifiers: ["ControlOrMeta"] }),
      () => link("Stock").click({ button: "middle" }),
    ]) {
      const opened = context.waitForEvent("page");
      await click();
      const other = await opened;
      await other.getByText("A message in b").waitFor();
      expect([addressOf(other), addressOf(page)]).toEqual(["?other=1&conversation=b", "?other=1"]);
      await other.close();
    }
    await page.evaluate(() => document.body.setAttribute("data-kept", ""));
    await link("Orders").press("Enter");
    await page.getByText("A message in a").waitFor();
    expect(await page.locator("body[data-kept]").count()).toBe(1);
    expect(await page.locator("[aria-current=page]").allInnerTexts()).toEqual(["Orders"]);
    await context.close();
  }, 60_000);

  test("has the icon of the operator with a dot while something waits", async () => {
    const context = await contexts.create();
    const page = await context.newPage();
    await openChat(page, `${server.address}?conversation=a`);
    await page.getByText("A message in a").waitFor();
    const href = await page.evaluate(() => {
      const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
      if (link !== null) link.href = "ui/icon-192.png";
      return link?.href;
    });
    const listWith = async (state: "waiting" | "idle") => {
      server.setSessions([createSessionFrame("a", "Orders"), createSessionFrame("b", "Stock", { state })]);
      await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    };
    await listWith("waiting");
    await page.locator('link[rel=icon][href^="data:image/png"]').waitFor({ state: "attached" });
    const pixels = await page.evaluate(async () => {
      const image = new Image();
      image.src = document.querySelector<HTMLLinkElement>("link[rel=icon]")?.href ?? "";
      await image.decode();
      const context = document.createElement("canvas").getContext("2d");
      context?.drawImage(image, 0, 0);
      return [47, 20].map((x) => [...(context?.getImageData(x, 17, 1, 1).data ?? [])]);
    });
    expect(pixels[0]).toEqual([0xd9, 0x77, 0x06, 255]);
    expect(pixels[1]).not.toEqual(pixels[0]);
    await listWith("idle");
    await page.waitForFunction(
      (plain) => document.querySelector<HTMLLinkElement>("link[rel=icon]")?.href === plain,
      href,
    );
    await context.close();
  }, 60_000);

  test("is not needed to see what waits: the title and the icon of the tab say it", async () => {
    const context = await contexts.create();
    const page = await context.newPage();
    await page.addInitScript(() => {
      let isHidden = false;
      Object.defineProperty(document, "hidden", { get: () => isHidden });
      document.addEventListener("test-hide", () => {
        isHidden = !isHidden;
        document.dispatchEvent(new Event("visibilitychange"));
      });
    });
    const toggleVisibility = () => page.evaluate(() => document.dispatchEvent(new Event("test-hide")));
    const icon = () => page.evaluate(() => document.querySelector<HTMLLinkElement>("link[rel=icon]")?.href);
    await openChat(page, `${server.address}?conversation=a`);
    await page.waitForFunction(() => document.title === "Orders · specchat");
    const plain = await icon();
    await sendMessage(page, "two");
    await page.locator(".entry-reply").nth(1).waitFor();
    await toggleVisibility();
    endTurn("Done.");
    await page.waitForFunction(() => document.title === "Reply ready · Orders · specchat");
    await page.locator("link[rel=icon][href*=\"%3Ccircle%20cx%3D'18'\"]").waitFor({ state: "attached" });
    await toggleVisibility();
    await page.waitForFunction(() => document.title === "Orders · specchat");
    expect(await icon()).toBe(plain);
    await waitForReply(page);
    server.setSessions([
      createSessionFrame("a", "Orders"),
      createSessionFrame("b", "Stock", { state: "waiting" }),
    ]);
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await page.waitForFunction(() => document.title === "Approval needed · Orders · specchat");
    await context.close();
  }, 60_000);
});
