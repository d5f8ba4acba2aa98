/** The actions of a user on the page. */
import type { Locator, Page } from "playwright-core";

export async function openChat(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.locator(".connection-open").waitFor();
}

export async function sendMessage(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
}

/** Waits until the last reply is complete and rendered: the page loads what renders Markdown by itself. Returns its visible text. */
export async function waitForReply(page: Page): Promise<string> {
  await page.locator(".entry-reply").last().locator("article[aria-busy=false]").waitFor();
  await page.waitForFunction(() => document.querySelector(".markdown:empty") === null);
  return readVisibleText(page.locator(".entry-reply").last());
}

/** Returns the text as it is rendered: with line breaks, and without hidden elements. */
export function readVisibleText(element: Locator): Promise<string> {
  // biome-ignore lint/performance/useDomNodeTextContent: textContent has no line breaks.
  return element.innerText();
}
