import { afterEach, expect, test } from "bun:test";
import { AppError } from "../../src/errors.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { type DemoServer, startDemoServer } from "./real.ts";

describeInBrowser("the page on the real server", () => {
  const browser = useBrowser();
  let server: DemoServer;
  afterEach(() => server.stop());

  test("stops a streaming turn and its model request, and the next turn works", async () => {
    const never = new Promise(() => {});
    const model = createScriptedModel([
      [{ type: "text", text: "As far as this" }, never],
      replyWithText("Yes."),
    ]);
    server = await startDemoServer([], { model });
    const { page, consoleErrors } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Tell me everything");
    await page.getByText("As far as this").first().waitFor();
    await sendMessage(page, "Are you there?");
    await page.getByRole("region", { name: "Queued messages" }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.locator(".markdown", { hasText: "Yes." }).waitFor();
    expect(await readVisibleText(page.locator(".entry-reply").first())).toMatch(
      /^As far as this\s+Stopped\./,
    );
    expect(model.requests.length).toBe(2);
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("shows two calls of one round, one of them failed, and the reply", async () => {
    const model = createScriptedModel([
      replyWithCalls(["a", "listProducts", { maxPrice: 20 }], ["b", "getProduct", { productId: 424242 }]),
      replyWithText("Five are cheap; the other one does not exist."),
    ]);
    server = await startDemoServer([], { model });
    const { page, consoleErrors } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Cheap ones, and 424242?");
    await page.locator(".markdown", { hasText: "Five are cheap" }).waitFor();
    await waitForReply(page);
    await page.locator(".call-fold > summary", { hasText: "2 calls, 1 failed" }).click();
    const calls = page.locator(".calls > .call > summary");
    await calls.nth(1).waitFor();
    expect(await calls.allInnerTexts()).toEqual([
      expect.stringMatching(/^Listed products\s*maxPrice: 20\s+5 rows · \d+ ms/),
      expect.stringMatching(/^Get one product by number\s*productId: 424242\s+404 · \d+ ms/),
    ]);
    await page.locator(".call-failed > summary").click();
    const result = page.locator(".call-failed").getByRole("region", { name: "Result" });
    expect(await readVisibleText(result)).toContain("HTTP 404 Not Found");
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("shows why a turn failed, and a retry succeeds", async () => {
    const model = createScriptedModel([
      [new AppError("throttled", "I'm experiencing high traffic.", { retryable: true })],
      replyWithText("Now it works."),
    ]);
    server = await startDemoServer([], { model });
    const { page, consoleErrors } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Hello?");
    await page.getByRole("alert").getByText("I'm experiencing high traffic.").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".markdown", { hasText: "Now it works." }).waitFor();
    expect(await page.locator(".entry-user").count()).toBe(1);
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("reconnects after a restart of the server, says so, and sends the queued message", async () => {
    server = await startDemoServer([], { model: createScriptedModel(() => replyWithText("Before.")) });
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "one");
    await page.locator(".markdown", { hasText: "Before." }).waitFor();
    const { port } = server.server;
    await server.stop();
    await page.getByText("Reconnecting…").waitFor();
    await sendMessage(page, "two");
    server = await startDemoServer(["--port", String(port)], {
      model: createScriptedModel(() => replyWithText("After.")),
    });
    await page.locator(".markdown", { hasText: "After." }).waitFor();
    expect(await page.locator(".entry-divider").count()).toBe(1);
    expect(await page.locator(".connection-open").count()).toBe(1);
  }, 30_000);
});
