/** Takes the screenshot for README: a conversation with the demo model about the built-in shop. */
import { stat } from "node:fs/promises";
import type { Page } from "playwright-core";
import { sendMessage, waitForReply } from "./actions.ts";

export const SCREENSHOT_MESSAGE = "List the products under 50 dollars";

/** Size of the window, in pixels. */
export const SCREENSHOT_SIZE = { width: 1080, height: 1240 };

/** Limit in bytes, so that README loads quickly. */
const MAX_BYTES = 150_000;

/**
 * Sends a message on an open page, opens the card of the call and takes a screenshot.
 * @throws Error if the screenshot is too large.
 */
export async function takeScreenshot(page: Page): Promise<Buffer> {
  await sendMessage(page, SCREENSHOT_MESSAGE);
  await page.locator(".entry-reply").waitFor();
  await waitForReply(page);
  await page.locator(".call > summary").click();
  await page.getByRole("region", { name: "Result" }).waitFor();
  // Only the duration differs between runs.
  await page.locator(".call-text").evaluate((time) => time.setAttribute("hidden", ""));
  await page.locator(".viewport").evaluate((box) => box.scrollTo(0, 0));
  await page.mouse.move(0, 0);
  const screenshot = await page.screenshot({ animations: "disabled", caret: "hide" });
  if (screenshot.length > MAX_BYTES)
    throw new Error(`the screenshot has ${screenshot.length} bytes; the limit is ${MAX_BYTES}`);
  return screenshot;
}

/** Writes the file if it does not exist or if it is forced, so that tests do not change a checkout. */
export async function saveScreenshot(screenshot: Buffer, path: string, isForced: boolean): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (isForced || !exists) await Bun.write(path, screenshot);
}
