import { afterAll, beforeEach, expect, test } from "bun:test";
import type { PendingCallFrame } from "../../src/protocols/native/types.ts";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { findLowContrastText } from "./contrast.ts";
import {
  type Client,
  createAiResponse,
  createFrameSequencer,
  type Script,
  startScriptedServer,
} from "./scripted.ts";

const EXPIRES = "2099-01-01T00:00:00.000Z";

const deletes = (id: string): PendingCallFrame => ({
  tool_call_id: id,
  name: "deleteOrder",
  arguments: { orderId: id },
  method: "DELETE",
  path: "/orders/{orderId}",
  request: { method: "DELETE", url: `https://shop.example/orders/${id}?force=true` },
});

const creates: PendingCallFrame = {
  tool_call_id: "new",
  name: "createOrder",
  arguments: { sku: "A-1" },
  method: "POST",
  path: "/orders",
  request: {
    method: "POST",
    url: "https://shop.example/orders",
    body: '{"sku":"A-1","count":9007199254740993}',
  },
};

const HEADERS = { "X-Amount": "5", Cookie: "account=main; key=***" };

function longBody(note: string): string {
  const fields = Array.from({ length: 40 }, (_, index) => `"field${index}":${index},`).join("");
  return `{${fields}"note":"${note}","last":"a\\u202eb"}`;
}

/** Returns a script that requests approval for calls, and continues when all are decided. */
function requestApproval(calls: readonly PendingCallFrame[], expires = EXPIRES): Script {
  const next = createFrameSequencer();
  let pending = calls;
  const request = (client: Client) =>
    client.send(
      next({ type: "approval_request", approval_id: "p", tool_calls: pending, expires_at: expires } as const),
    );
  return (client, frame) => {
    if (frame.type === "message") {
      client.send(next({ type: "typing", message: "…" } as const));
      client.send(next({ type: "text_delta", text: "I would do this:" } as const));
      return request(client);
    }
    if (frame.type === "stop") return client.send(next(createAiResponse("", { stop_reason: "stopped" })));
    if (frame.type !== "approve") return;
    const decidedIds: unknown = frame.tool_call_ids;
    pending = pending.filter((call) => !Array.isArray(decidedIds) || !decidedIds.includes(call.tool_call_id));
    if (pending.length > 0) return request(client);
    for (const { request: _, ...call } of calls) {
      client.send(next({ type: "tool_call", ...call } as const));
      client.send(
        next({
          type: "tool_result",
          tool_call_id: call.tool_call_id,
          name: call.name,
          status: "ok",
          http_status: 204,
          duration_ms: 4,
          result: "HTTP 204 No Content",
        } as const),
      );
    }
    client.send(next(createAiResponse("I would do this:Done.")));
  };
}

describeInBrowser("calls that wait for approval", () => {
  const browser = useBrowser();
  const server = startScriptedServer();
  beforeEach(() => server.reset());
  afterAll(() => server.stop());

  const approvals = () => server.received.filter(({ type }) => type === "approve");

  test("show their requests, and run once the user allows them", async () => {
    server.setScript(requestApproval([creates]));
    const { page, consoleErrors } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Order one");
    const box = page.getByRole("region", { name: "Waiting for your approval" });
    const card = box.getByRole("article");
    expect(await readVisibleText(card.getByRole("heading", { level: 3 }))).toBe("Create order");
    expect(await readVisibleText(card.locator(".approval-operation"))).toMatch(/^POST\s*\/orders$/);
    expect(await readVisibleText(card.locator(".call-values"))).toMatch(/^sku\s*A-1$/);
    expect(await card.locator(".approval-url").isVisible()).toBe(false);
    await card.getByText("Exact request").click();
    await card.locator(".approval-url").waitFor();
    expect(await readVisibleText(card.locator(".approval-url"))).toBe("POST https://shop.example/orders");
    expect(await readVisibleText(card.getByRole("region", { name: "Body" }).locator("pre"))).toBe(
      '{\n  "sku": "A-1",\n  "count": 9007199254740993\n}',
    );
    expect(await readVisibleText(page.getByRole("status").filter({ hasText: "approval" }))).toBe(
      "The assistant needs your approval: POST /orders",
    );
    await card.getByRole("button", { name: "Allow POST /orders", exact: true }).click();
    await waitForReply(page);
    expect(await box.count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe("Message");
    expect(await readVisibleText(page.locator(".call > summary"))).toMatch(
      /^Created order\s*sku: A-1\s+4 ms/,
    );
    expect(approvals()).toEqual([
      { type: "approve", approval_id: "p", approved: true, scope: "once", tool_call_ids: ["new"] },
    ]);
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("show every argument, whole, with characters that nobody can see as escapes", async () => {
    const note = " ".repeat(20_100);
    const shown = { ...creates, request: { ...creates.request, headers: HEADERS, body: longBody(note) } };
    const custom: PendingCallFrame = {
      tool_call_id: "wipe",
      name: "notes_wipe",
      arguments: { table: "a\u202eb\u200b", count: 1 },
    };
    server.setScript(requestApproval([shown, custom] as PendingCallFrame[]));
    for (const look of [{}, { viewport: { width: 390, height: 800 }, colorScheme: "dark" as const }]) {
      const { page } = await browser.open(look);
      await openChat(page, server.address);
      await sendMessage(page, "Order one");
      const cards = page.getByRole("region", { name: "Waiting for your approval" }).getByRole("article");
      const [call, other] = [cards.nth(0), cards.nth(1)];
      await call.getByText("Exact request").click();
      expect(await readVisibleText(call.getByRole("region", { name: "Headers" }).locator("pre"))).toBe(
        "X-Amount: 5\nCookie: account=main; key=***",
      );
      const body = call.getByRole("region", { name: "Body" }).locator("pre");
      expect(await body.textContent()).toBe(
        `{\n${Array.from({ length: 40 }, (_, index) => `  "field${index}": ${index},\n`).join("")}  "note": "${note}",\n  "last": "a\\u202eb"\n}`,
      );
      // The end of the body can be reached by scrolling.
      expect(
        await body.evaluate((element) => {
          element.scrollTop = element.scrollHeight;
          return element.scrollTop > 0 && element.scrollWidth <= element.clientWidth;
        }),
      ).toBe(true);
      expect(await other.locator(".call-values dt").allTextContents()).toEqual(["table", "count"]);
      expect(await other.locator(".call-values dd").allTextContents()).toEqual(["a\\u202eb\\u200b", "1"]);
      expect(await other.getByText("Exact request").count()).toBe(0);
      await page.evaluate(() => sessionStorage.clear());
    }
  }, 60_000);

  test("are decided one by one with the keyboard: denied with a reason, allowed, always allowed", async () => {
    const cancels = { ...deletes("2"), name: "cancelOrder" };
    server.setScript(requestApproval([deletes("1"), cancels, creates]));
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Delete them");
    const focused = () =>
      page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.textContent);
    const box = page.getByRole("region", { name: "Waiting for your approval" });
    await box.waitFor();
    expect(await focused()).toBe("Delete order");
    const tabTo = async (name: string) => {
      for (let steps = 0; steps < 20 && (await focused()) !== name; steps += 1)
        await page.keyboard.press("Tab");
    };
    const stops: unknown[] = [];
    for (let steps = 0; steps < 6; steps += 1) {
      await page.keyboard.press("Tab");
      stops.push(await focused());
    }
    // Denying is as near as allowing.
    expect(stops).toEqual([
      "Exact request",
      "Allow DELETE /orders/1",
      "Deny DELETE /orders/1",
      "Edit DELETE /orders/1",
      "Deny with a reason: DELETE /orders/1",
      "Allow for this conversation: DELETE /orders/1",
    ]);
    const explain = box.getByRole("button", { name: "Deny with a reason: DELETE /orders/1" });
    await explain.press("Enter");
    await page.keyboard.press("Escape");
    expect(approvals()).toEqual([]);
    await explain.press("Enter");
    expect(await focused()).toBe("Reason for denying DELETE /orders/1");
    await page.keyboard.type("It was paid for.");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelectorAll(".approval-card").length === 2);
    expect(await focused()).toBe("Cancel order");
    await tabTo("Allow for this conversation: DELETE /orders/2");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelectorAll(".approval-card").length === 1);
    expect(await focused()).toBe("Create order");
    await tabTo("Allow POST /orders");
    await page.keyboard.press("Enter");
    await waitForReply(page);
    expect(await focused()).toBe("Message");
    const approve = { type: "approve", approval_id: "p" };
    expect(approvals()).toEqual([
      { ...approve, approved: false, scope: "once", tool_call_ids: ["1"], reason: "It was paid for." },
      { ...approve, approved: true, scope: "session", tool_call_ids: ["2"] },
      { ...approve, approved: true, scope: "once", tool_call_ids: ["new"] },
    ]);
  }, 60_000);

  test("of one kind are a table, whose selected rows are decided by one bar", async () => {
    server.setScript(requestApproval(["1", "2", "3", "a\u202eb"].map(deletes)));
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Delete them");
    const box = page.getByRole("region", { name: "Waiting for your approval" });
    const table = box.getByRole("article");
    expect(await readVisibleText(table.getByRole("heading", { level: 3 }))).toBe("Delete order: 4 calls");
    expect(await table.locator("tbody td:nth-child(2)").allInnerTexts()).toEqual([
      "1",
      "2",
      "3",
      "a\\u202eb",
    ]);
    await table.getByRole("button", { name: "Exact request: DELETE /orders/2" }).click();
    expect(await readVisibleText(table.locator(".approval-row-body .call-values"))).toMatch(/^orderId\s*2$/);
    await table.getByLabel("Select all").uncheck();
    expect(await table.getByRole("button", { name: "Allow selected (0)" }).isDisabled()).toBe(true);
    await table.getByLabel("Select DELETE /orders/1").check();
    await table.getByLabel("Select DELETE /orders/3").check();
    await table.getByRole("button", { name: "Deny selected (2)", exact: true }).click();
    await page.waitForFunction(() => document.querySelectorAll(".approval-table tbody input").length === 2);
    expect(await page.evaluate(() => document.activeElement?.className)).toBe("approval-title");
    await table.getByLabel("Select all").check();
    await table.getByRole("button", { name: "Allow selected (2)", exact: true }).click();
    await waitForReply(page);
    const approve = { type: "approve", approval_id: "p", scope: "once" };
    expect(approvals()).toEqual([
      { ...approve, approved: false, tool_call_ids: ["1", "3"] },
      { ...approve, approved: true, tool_call_ids: ["2", "a\u202eb"] },
    ]);
  }, 60_000);

  test("are allowed or denied all at once", async () => {
    for (const name of ["Allow all", "Deny all"]) {
      server.reset();
      server.setScript(requestApproval([deletes("1"), deletes("2"), creates]));
      const { page } = await browser.open();
      await openChat(page, server.address);
      await sendMessage(page, "All");
      await page.getByRole("button", { name, exact: true }).click();
      await waitForReply(page);
      expect(approvals()).toEqual([
        {
          type: "approve",
          approval_id: "p",
          approved: name.startsWith("Allow"),
          scope: "once",
          tool_call_ids: ["1", "2", "new"],
        },
      ]);
      await page.evaluate(() => sessionStorage.clear());
    }
  }, 60_000);

  test("have no buttons after they expire, and say why", async () => {
    server.setScript(requestApproval([deletes("1"), creates], new Date(Date.now() + 1_500).toISOString()));
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Delete");
    const box = page.getByRole("region", { name: "Waiting for your approval" });
    await box.getByRole("button", { name: "Deny DELETE /orders/1", exact: true }).waitFor();
    await box.getByText("This request has expired.").waitFor();
    expect(await box.getByRole("button", { name: /Allow|Deny/i }).count()).toBe(0);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.locator(".reply-note", { hasText: "Stopped." }).waitFor();
    expect(await box.count()).toBe(0);
  }, 60_000);

  test("say that they were decided in another window", async () => {
    const script = requestApproval([deletes("1"), creates]);
    server.setScript((client, frame) =>
      frame.type === "approve"
        ? client.send({ type: "error", code: "approval_not_found", message: "?", retryable: false })
        : script(client, frame),
    );
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Delete");
    await page.getByRole("button", { name: "Allow DELETE /orders/1", exact: true }).click();
    await page.locator(".approval-decision", { hasText: "decided in another window" }).waitFor();
    expect(await page.getByRole("button", { name: /^Allow.*DELETE/ }).count()).toBe(0);
    expect(await page.getByRole("button", { name: /^Allow.*POST/ }).count()).toBe(2);
    expect(await page.getByRole("alert").count()).toBe(0);
  }, 60_000);

  test("do not interrupt typing: the focus stays, and messages are queued", async () => {
    const { promise: isStarted, resolve: start } = Promise.withResolvers<() => void>();
    const script = requestApproval([deletes("1")]);
    server.setScript((client, frame) => start(() => void script(client, frame)));
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Delete");
    const requestNow = await isStarted;
    await page.getByLabel("Message", { exact: true }).fill("And then");
    requestNow();
    await page.getByRole("region", { name: "Waiting for your approval" }).waitFor();
    await page.keyboard.type(" this");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Queued messages" }).getByText("And then this").waitFor();
    expect(server.received.map(({ type }) => type)).toEqual(["message"]);
  }, 60_000);

  test("are rendered as text, fit on a phone, and have enough contrast", async () => {
    const evil = '<img src="http://evil.example/x.png" onerror="alert(1)">';
    const long = "x".repeat(400);
    server.setScript(
      requestApproval([
        {
          tool_call_id: "evil",
          name: evil,
          arguments: {},
          method: evil,
          path: `/${evil}`,
          request: { method: "DELETE", url: `https://shop.example/${long}${evil}`, body: `${evil}${long}` },
        },
        { tool_call_id: "plain", name: "tool", arguments: { [evil]: long } },
      ]),
    );
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, externalRequests } = await browser.open({
        viewport: { width: 360, height: 640 },
        colorScheme,
      });
      await openChat(page, server.address);
      await sendMessage(page, "Delete");
      const box = page.getByRole("region", { name: "Waiting for your approval" });
      await box.waitFor();
      // The focused title stays visible, whatever is added below it.
      await page.waitForFunction(() => {
        const { top = 0 } = document.querySelector(".approval > header")?.getBoundingClientRect() ?? {};
        return top >= (document.querySelector(".viewport")?.getBoundingClientRect().top ?? 0);
      });
      await box.getByText("Exact request").click();
      await box.locator(".approval-url").waitFor();
      expect(await readVisibleText(box.locator(".approval-url"))).toBe(
        `DELETE https://shop.example/${long}${evil}`,
      );
      await box
        .getByRole("button", { name: /^Deny with a reason/ })
        .first()
        .click();
      expect(await box.locator("img").count()).toBe(0);
      expect(await findLowContrastText(page)).toEqual([]);
      expect(await page.locator(".viewport").evaluate((view) => view.scrollWidth - view.clientWidth)).toBe(0);
      expect(externalRequests).toEqual([]);
      await page.evaluate(() => sessionStorage.clear());
    }
  }, 60_000);
});
