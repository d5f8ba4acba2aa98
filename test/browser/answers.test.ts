import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { createScriptedModel, replyWithText } from "../support/scripted-model.ts";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { findLowContrastText } from "./contrast.ts";
import { type DemoServer, startDemoServer } from "./real.ts";

const replies = ["The **first** reply.", "A second reply.", "Another reply.", "A last reply."];

const readMessages = (page: Page) =>
  page.locator(".entry-user article p, .entry-reply .markdown").allInnerTexts();

/** Waits for the text of the last reply. */
async function waitForText(page: Page, text: string): Promise<void> {
  await page.locator(".entry-reply").last().getByText(text).waitFor();
  await waitForReply(page);
}

describeInBrowser("what can be done with messages and replies", () => {
  const browser = useBrowser();
  let server: DemoServer;
  beforeAll(async () => {
    const model = createScriptedModel(replies.map((text) => replyWithText(text)));
    server = await startDemoServer(["--models", "one,two"], { model });
  });
  afterAll(async () => await server.stop());

  test("A message is edited, a reply regenerated, and each version stays within reach.", async () => {
    const { page, consoleErrors } = await browser.open({ viewport: { width: 1100, height: 800 } });
    await openChat(page, server.address);
    await sendMessage(page, "A question");
    await waitForText(page, "The first reply.");
    await page.locator(".entry-user").hover();
    await page.getByRole("button", { name: "Edit message" }).click();
    const field = page.getByLabel("Edited message");
    await field.press("Escape");
    expect(await field.count()).toBe(0);
    await page.getByRole("button", { name: "Edit message" }).click();
    await field.fill("A better question");
    await field.press("Enter");
    await waitForText(page, "A second reply.");
    expect(await readMessages(page)).toEqual(["A better question", "A second reply."]);
    expect(await readVisibleText(page.locator(".branch-switch"))).toContain("2/2");

    await page.getByRole("button", { name: "Regenerate" }).click();
    await waitForText(page, "Another reply.");
    expect(await readMessages(page)).toEqual(["A better question", "Another reply."]);
    await page.getByText("Version 3 of 3").waitFor();
    await page.getByRole("button", { name: "Previous version" }).click();
    await waitForText(page, "A second reply.");
    await page.getByRole("button", { name: "Previous version" }).click();
    await waitForText(page, "The first reply.");
    await page.getByText("Version 1 of 3").waitFor();
    expect(await page.getByRole("button", { name: "Previous version" }).isDisabled()).toBe(true);

    await page.getByLabel("Ask another model").selectOption("two");
    await waitForText(page, "A last reply.");
    expect(await page.getByLabel("Model", { exact: true }).inputValue()).toBe("two");
    expect(await findLowContrastText(page)).toEqual([]);
    expect(consoleErrors).toEqual([]);

    // A reload keeps the version that is open, its figures and its rating.
    await page.getByRole("button", { name: "Bad reply" }).click();
    await page.getByLabel("Note", { exact: true }).fill("Too short");
    await page.getByRole("button", { name: "Send note" }).click();
    await page.getByText("Thank you. Your note: Too short").waitFor();
    const figures = await readVisibleText(page.locator(".usage"));
    await page.reload();
    await waitForText(page, "A last reply.");
    expect(await readVisibleText(page.locator(".usage"))).toBe(figures);
    await page.getByText("Thank you. Your note: Too short").waitFor();
    expect(await page.getByRole("button", { name: "Bad reply" }).getAttribute("aria-pressed")).toBe("true");
    await page.getByRole("button", { name: "Bad reply" }).click();
    await page.getByText("Thank you.").waitFor({ state: "detached" });
  });
});
