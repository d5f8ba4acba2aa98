import { afterAll, beforeEach, expect, test } from "bun:test";
import type { HistoryMessage } from "../../src/protocols/native/types.ts";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import {
  type Client,
  createAiResponse,
  createFrameSequencer,
  HELLO,
  startScriptedServer,
} from "./scripted.ts";

const createMessage = (id: string, role: "user" | "assistant", content: string): HistoryMessage => ({
  message_id: id,
  role,
  content,
  timestamp: "2026-01-01T12:00:00.000Z",
  tool_calls: [],
  tool_results: [],
});

const resumed = { ...HELLO, session_id: "session-1", resumed: true } as const;

describeInBrowser("a resumed conversation", () => {
  const browser = useBrowser();
  const server = startScriptedServer();
  beforeEach(() => server.reset());
  afterAll(() => server.stop());

  test("is complete after a reload, with its running turn, files and waiting calls", async () => {
    const next = createFrameSequencer();
    let running: Client | undefined;
    server.setScript((client, frame) => {
      if (frame.type === "message") {
        client.send(next({ type: "typing", message: "…" } as const));
        return client.send(next({ type: "text_delta", text: "Half of" } as const));
      }
      if (frame.type !== "resume") return;
      running = client;
      client.send(resumed);
      const file = { id: "f", name: "a.pdf", media_type: "application/pdf", size: 3, url: "./files/f" };
      client.send({
        type: "snapshot",
        seq: 9,
        messages: [
          { ...createMessage("1", "user", "Look"), attachments: [file] },
          {
            ...createMessage("2", "assistant", "Seen."),
            tool_calls: [{ id: "a", name: "getBill", arguments: { id: 7 } }],
            tool_results: [{ tool_call_id: "a", name: "getBill", status: "ok", result: '{"total":3}' }],
          },
          createMessage("3", "assistant", "It is 3."),
          createMessage("4", "user", "one"),
        ],
        turn_id: "turn-1",
        partial: "Half of",
        approvals: [
          {
            approval_id: "p",
            tool_calls: [{ tool_call_id: "b", name: "payBill", arguments: {}, method: "POST", path: "/pay" }],
            expires_at: "2099-01-01T00:00:00.000Z",
          },
        ],
      });
    });
    const { page, consoleErrors } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "one");
    await page.locator(".markdown", { hasText: "Half of" }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Allow POST /pay", exact: true }).waitFor();
    expect(server.received.at(-1)).toEqual({
      type: "resume",
      session_id: "session-1",
      last_seq: 0,
      limit: 60,
      snapshot: true,
    });
    expect(await page.locator(".entry-user p").allInnerTexts()).toEqual(["Look", "one"]);
    const link = page.locator(".entry-user .file");
    expect(await link.getAttribute("href")).toBe(new URL("files/f", server.address).href);
    const card = page.locator(".call");
    await card.locator("summary").click();
    expect(await readVisibleText(card.getByRole("region", { name: "Tree" }))).toMatch(/total\s+3$/);
    expect(await page.getByRole("button", { name: "Stop" }).count()).toBe(1);
    running?.send({ ...createAiResponse("Half of it."), seq: 10, turn_id: "turn-1" });
    await page.locator(".markdown", { hasText: "Half of it." }).waitFor();
    expect(await page.getByRole("button", { name: "Stop" }).count()).toBe(0);
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("is missing after a reload if the server no longer has it; its address then shows the next one", async () => {
    const next = createFrameSequencer();
    server.setScript((client, frame) =>
      client.send(
        frame.type === "resume"
          ? { type: "error", code: "session_not_found", message: "gone", retryable: false }
          : next(createAiResponse("Yes.")),
      ),
    );
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "one");
    await waitForReply(page);
    await page.reload();
    await page.getByRole("heading", { name: "This conversation was not found" }).waitFor();
    expect(await page.locator(".banner, .entry").count()).toBe(0);
    await sendMessage(page, "two");
    await waitForReply(page);
    expect(await page.locator(".entry-user p").allInnerTexts()).toEqual(["two"]);
    expect(page.url()).toBe(`${server.address}?conversation=session-2`);
  }, 60_000);

  test("continues after a disconnect for slow reading, and ignores repeated frames", async () => {
    const next = createFrameSequencer();
    server.setScript((client, frame) => {
      if (frame.type === "message") {
        client.send(next({ type: "typing", message: "…" } as const));
        client.send(next({ type: "text_delta", text: "One, " } as const));
        return client.close(4008);
      }
      client.send(resumed);
      client.send({ type: "text_delta", text: "One, ", seq: 2, turn_id: "turn-1" });
      client.send({ type: "text_delta", text: "two, three", seq: 5, first_seq: 3, turn_id: "turn-1" });
      client.send({ ...createAiResponse("One, two, three"), seq: 6, turn_id: "turn-1" });
    });
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Count");
    expect(await waitForReply(page)).toStartWith("One, two, three");
    expect(server.received.at(-1)).toEqual({
      type: "resume",
      session_id: "session-1",
      last_seq: 2,
      limit: 60,
    });
    expect(await page.locator(".entry").count()).toBe(2);
  }, 60_000);

  test("keeps the scroll position when a snapshot arrives", async () => {
    const long = "A paragraph of the reply.\n\n".repeat(60);
    let client: Client | undefined;
    const next = createFrameSequencer();
    server.setScript((sender, frame) => {
      client = sender;
      if (frame.type === "message") return sender.send(next(createAiResponse(long)));
      sender.send(resumed);
      sender.send({
        type: "snapshot",
        seq: 9,
        messages: [
          createMessage("1", "user", "one"),
          createMessage("2", "assistant", long),
          createMessage("3", "user", "of another tab"),
        ],
        turn_id: "turn-2",
        partial: "It goes on.",
        approvals: [],
      });
    });
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "one");
    await waitForReply(page);
    await page.locator(".viewport").hover();
    await page.mouse.wheel(0, -500);
    await page.getByRole("button", { name: "Scroll to latest" }).and(page.locator(":enabled")).waitFor();
    const top = () => page.locator(".viewport").evaluate((box) => box.scrollTop);
    const paragraph = await page.evaluateHandle(() => document.querySelector(".markdown p:nth-child(9)"));
    const before = await top();
    client?.drop();
    await page.locator(".markdown", { hasText: "It goes on." }).waitFor();
    expect(await top()).toBe(before);
    expect(await paragraph.evaluate((element) => element?.isConnected)).toBe(true);
    // Entries far from the visible part are not in the document.
    expect(await page.locator(".entry-user p").allInnerTexts()).toEqual(["of another tab"]);
    await page.locator(".viewport").evaluate((box) => box.scrollTo(0, 0));
    await page.locator(".entry-user p", { hasText: "one" }).waitFor();
  }, 60_000);

  test("can retry a turn that was interrupted", async () => {
    server.setScript((client, frame) => {
      if (frame.type === "message")
        return client.send({ ...createAiResponse("Whole."), seq: 3, turn_id: "turn-2" });
      client.send(resumed);
      client.send({
        type: "snapshot",
        seq: 2,
        messages: [createMessage("1", "user", "one")],
        partial: "",
        approvals: [],
      });
    });
    const { page } = await browser.open();
    await openChat(page, `${server.address}?conversation=session-1`);
    await page.getByRole("alert").getByText("This reply was interrupted.").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".markdown", { hasText: "Whole." }).waitFor();
    expect(await page.locator(".entry-user").count()).toBe(1);
  }, 60_000);

  test("asks the user before a message that may have arrived is sent again", async () => {
    const next = createFrameSequencer();
    let end = () => {};
    server.setScript((client, frame) => {
      if (frame.type === "message") {
        if (server.connections === 1) return client.drop();
        return client.send({ ...createAiResponse("Here."), seq: 11, turn_id: "turn-2" });
      }
      client.send(resumed);
      client.send({
        type: "snapshot",
        seq: 9,
        messages: [createMessage("1", "user", "of another tab")],
        turn_id: "turn-1",
        partial: "",
        approvals: [],
      });
      end = () => client.send({ ...next(createAiResponse("Done.")), seq: 10 });
    });
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Did this arrive?");
    const queue = page.getByRole("region", { name: "Queued messages" });
    await queue.getByText("This message may have been delivered before the connection was lost.").waitFor();
    end();
    await page.locator(".markdown", { hasText: "Done." }).waitFor();
    expect(server.received.filter(({ type }) => type === "message").length).toBe(1);
    await queue.getByRole("button", { name: "Send again: Did this arrive?" }).click();
    await page.locator(".markdown", { hasText: "Here." }).waitFor();
    expect(server.received.filter(({ type }) => type === "message").length).toBe(2);
    expect(await queue.count()).toBe(0);
  }, 60_000);

  test("can be open in two tabs: both show the messages and replies immediately", async () => {
    const clients = new Set<Client>();
    const next = createFrameSequencer();
    let endTurn = () => {};
    server.setScript((client, frame) => {
      clients.add(client);
      if (frame.type === "resume") {
        client.send(resumed);
        client.send({ type: "snapshot", seq: 0, messages: [], partial: "", approvals: [] });
      }
      if (frame.type !== "message") return;
      const typing = next({ type: "typing", message: "…" } as const);
      const delta = next({ type: "text_delta", text: "To both" } as const);
      for (const one of clients) {
        const question = createMessage("q", "user", String(frame.message));
        one.send(one === client ? typing : { ...typing, question });
        one.send(delta);
      }
      const end = next(createAiResponse("To both."));
      endTurn = () => {
        for (const one of clients) one.send(end);
      };
    });
    const { page } = await browser.open();
    const other = await page.context().newPage();
    await openChat(page, `${server.address}?conversation=session-1`);
    await openChat(other, `${server.address}?conversation=session-1`);
    await page.locator(".connection-open").waitFor();
    await sendMessage(other, "Who hears this?");
    for (const tab of [page, other]) {
      await tab.locator(".entry-user", { hasText: "Who hears this?" }).waitFor();
      await tab.locator(".markdown", { hasText: "To both" }).waitFor();
    }
    await sendMessage(page, "waits");
    await page.getByRole("region", { name: "Queued messages" }).waitFor();
    endTurn();
    for (const tab of [page, other]) await tab.locator(".entry-user", { hasText: "waits" }).waitFor();
    endTurn();
    for (const tab of [page, other]) {
      await tab.waitForFunction(() => document.querySelectorAll("article[aria-busy=false]").length === 2);
      expect(await tab.locator(".entry-user").allInnerTexts()).toEqual(["Who hears this?", "waits"]);
    }
    await other.close();
  }, 60_000);
});
