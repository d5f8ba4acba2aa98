/** What a person does with the page, and what they see of it. */
import type { Locator, Page } from "playwright-core";

export async function openChat(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.locator(".link-open").waitFor();
}

export async function sendMessage(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
}

/** Waits until the newest answer is whole, and gives its text. */
export async function waitForReply(page: Page): Promise<string> {
  await page.locator(".entry-answer").last().locator("article[aria-busy=false]").waitFor();
  return readVisibleText(page.locator(".entry-answer").last());
}

/** The text as it is laid out: line breaks where they are seen, nothing of what is hidden. */
export function readVisibleText(element: Locator): Promise<string> {
  // biome-ignore lint/performance/useDomNodeTextContent: textContent has no line breaks.
  return element.innerText();
}
