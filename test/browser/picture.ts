/** README's picture of the page: a real conversation with the demo model about the built-in shop. */
import { stat } from "node:fs/promises";
import type { Page } from "playwright-core";
import { sendMessage, waitForReply } from "./actions.ts";

export const SCREENSHOT_MESSAGE = "List the products under 50 dollars";

/** The window of the picture. */
export const SCREENSHOT_SIZE = { width: 1080, height: 1240 };

/** Bytes: README loads at once. */
const MAX_BYTES = 150_000;

/**
 * Asks on a page that is open on a real server, opens the call's card and takes the picture.
 * @throws Error: it is too large.
 */
export async function takeScreenshot(page: Page): Promise<Buffer> {
  await sendMessage(page, SCREENSHOT_MESSAGE);
  await page.locator(".entry-answer").waitFor();
  await waitForReply(page);
  await page.locator(".call summary").click();
  await page.getByRole("region", { name: "Result" }).waitFor();
  // The one thing that differs from run to run.
  await page.locator(".call-time").evaluate((time) => time.setAttribute("hidden", ""));
  await page.locator(".viewport").evaluate((box) => box.scrollTo(0, 0));
  await page.mouse.move(0, 0);
  const screenshot = await page.screenshot({ animations: "disabled", caret: "hide" });
  if (screenshot.length > MAX_BYTES)
    throw new Error(`the picture has ${screenshot.length} bytes, the limit is ${MAX_BYTES}`);
  return screenshot;
}

/** Written when there is none, or when it is asked for: a run of the tests changes nothing in a checkout. */
export async function saveScreenshot(screenshot: Buffer, path: string, isForced: boolean): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (isForced || !exists) await Bun.write(path, screenshot);
}
