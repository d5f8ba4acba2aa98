import { afterAll, beforeAll, expect, test } from "bun:test";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { type DemoServer, startDemoServer } from "./real.ts";
import { storeConversation } from "./seeded.ts";

describeInBrowser("the overview of a conversation", () => {
  const browser = useBrowser();
  let server: DemoServer;
  let long = "";
  beforeAll(async () => {
    const model = createScriptedModel(({ messages }) =>
      JSON.stringify(messages.at(-1)).includes('"Products"')
        ? replyWithCalls(["a", "listProducts", { maxPrice: 20 }])
        : replyWithText("An answer."),
    );
    server = await startDemoServer(["--share-links"], { model });
    long = await storeConversation(server, 60);
  });
  afterAll(() => server.stop());

  test("has the figures of all turns and of the context, also after a reload", async () => {
    const { page, consoleErrors } = await browser.open();
    await openChat(page, server.address);
    const open = page.getByRole("button", { name: "About this conversation" });
    const overview = page.getByRole("region", { name: "About this conversation" });
    expect(await open.count()).toBe(0);
    await sendMessage(page, "One");
    await waitForReply(page);
    await sendMessage(page, "Two");
    await page.locator(".entry-reply").nth(1).locator("article[aria-busy=false]").waitFor();
    await open.click();
    const figures = overview.locator(".overview-figures");
    const context = overview.locator(".overview-context p");
    const before = [await readVisibleText(figures), await readVisibleText(context)];
    expect(before[0]).toMatch(/^Tokens in\s+[\d,]+\s+Tokens out\s+[\d,]+/);
    expect(before[1]).toMatch(/^Context of the model\s+\d+% full: [\d,]+ of [\d,]+ tokens$/);
    await page.reload();
    await open.click();
    expect([await readVisibleText(figures), await readVisibleText(context)]).toEqual(before);
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("lists all questions, and leads to each", async () => {
    const { page } = await browser.open();
    await page.goto(`${server.address}?conversation=${long}`);
    await page.getByRole("button", { name: "About this conversation" }).click();
    const questions = page.getByRole("navigation", { name: "Your questions" }).getByRole("link");
    await questions.getByText("Question 1", { exact: true }).waitFor();
    expect(await questions.count()).toBe(60);
    await questions.getByText("Question 3", { exact: true }).click();
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("Question 3"));
    expect(await page.locator(".overview").isVisible()).toBe(false);
    expect(page.url()).toEndWith(`?conversation=${long}#q3`);
  }, 60_000);

  test("prints the whole conversation: older messages are loaded first", async () => {
    const { page } = await browser.open();
    await page.goto(`${server.address}?conversation=${long}`);
    await page.locator(".entry").last().waitFor();
    await page.evaluate(() => {
      window.print = () => {
        window.dispatchEvent(new Event("beforeprint"));
        document.body.dataset.printed = String(document.querySelectorAll(".entry").length);
        window.dispatchEvent(new Event("afterprint"));
      };
    });
    await page.getByRole("button", { name: "About this conversation" }).click();
    await page.getByRole("button", { name: "Print" }).click();
    await page.waitForFunction(() => document.body.dataset.printed === "120");
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(".dock, .header").first().isVisible()).toBe(false);
    await page.emulateMedia({ media: "screen" });
  }, 60_000);

  test("shares a read-only link, which shows later messages only when it is replaced, and revokes it", async () => {
    const { page, consoleErrors, externalRequests } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Shared question");
    await waitForReply(page);
    const address = page.url();
    const open = () => page.getByRole("button", { name: "About this conversation" }).click();
    await open();
    await page.getByRole("button", { name: "Create a link" }).click();
    const link = await page.getByLabel("Link", { exact: true }).inputValue();
    expect(link).toMatch(/\/bedrock-chat\/ui\?share=[\da-f-]{36}$/);
    expect(link).not.toContain(new URL(address).searchParams.get("conversation") ?? "?");

    await page.goto(link);
    await page.locator(".markdown", { hasText: "An answer." }).waitFor();
    await page.getByText(/^A shared conversation, as of .*\. It can only be read\.$/).waitFor();
    expect(await page.locator(".entry-user p").allInnerTexts()).toEqual(["Shared question"]);
    // Nothing continues, rates or edits it, and nothing says what it cost.
    expect(
      await page.locator(".composer, .thumb, .usage, .conversations, [aria-label='Edit message']").count(),
    ).toBe(0);

    await page.goto(address);
    await open();
    await page.getByRole("button", { name: "Revoke the link" }).click();
    await page.getByRole("button", { name: "Create a link" }).waitFor();
    await page.goto(link);
    await page.getByRole("heading", { name: "There is no shared conversation at this address" }).waitFor();
    expect(consoleErrors.filter((error) => !error.includes("404"))).toEqual([]);
    expect(externalRequests).toEqual([]);
  }, 60_000);
});
