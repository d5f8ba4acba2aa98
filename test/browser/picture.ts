/**
 * Makes README's picture of the page: a real conversation with the demo model about the built-in shop.
 * `bun test/browser/picture.ts` writes it beside this file.
 */
import { stat } from "node:fs/promises";
import type { Page } from "playwright-core";
import { ask, finishedAnswer, openChat } from "./actions.ts";
import { launch, openPage } from "./browser.ts";
import { serveReal } from "./real.ts";

const QUESTION = "List the products under 20 dollars";

/** The window of the picture. */
export const PICTURE_SIZE = { width: 1080, height: 720 };

/** Bytes: README loads at once. */
export const PICTURE_LIMIT = 150_000;

/** Asks on a page that is open on a real server and takes the picture of the answer. */
export async function takeReadmePicture(page: Page, path: string): Promise<void> {
  await page.setViewportSize(PICTURE_SIZE);
  await ask(page, QUESTION);
  await page.locator(".entry-answer").waitFor();
  await finishedAnswer(page);
  await page.locator(".viewport").evaluate((box) => box.scrollTo(0, 0));
  await page.mouse.move(0, 0);
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  const { size } = await stat(path);
  if (size > PICTURE_LIMIT) throw new Error(`${path} has ${size} bytes, the limit is ${PICTURE_LIMIT}`);
}

if (import.meta.main) {
  const [server, browser] = await Promise.all([serveReal(), launch()]);
  const { page } = await openPage(browser);
  await openChat(page, server.address);
  await takeReadmePicture(page, `${import.meta.dir}/picture.png`);
  await Promise.all([browser.close(), server.stop()]);
}
