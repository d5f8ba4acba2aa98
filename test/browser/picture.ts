/** README's picture of the page: a real conversation with the demo model about the built-in shop. */
import { stat } from "node:fs/promises";
import type { Page } from "playwright-core";
import { ask, finishedAnswer } from "./actions.ts";

export const PICTURE_QUESTION = "List the products under 50 dollars";

/** The window of the picture. */
export const PICTURE_SIZE = { width: 1080, height: 1240 };

/** Bytes: README loads at once. */
const LIMIT = 150_000;

/**
 * Asks on a page that is open on a real server, opens the call's card and takes the picture.
 * @throws Error: it is too large.
 */
export async function takePicture(page: Page): Promise<Buffer> {
  await ask(page, PICTURE_QUESTION);
  await page.locator(".entry-answer").waitFor();
  await finishedAnswer(page);
  await page.locator(".call summary").click();
  await page.getByRole("region", { name: "Result" }).waitFor();
  // The one thing that differs from run to run.
  await page.locator(".call-time").evaluate((time) => time.setAttribute("hidden", ""));
  await page.locator(".viewport").evaluate((box) => box.scrollTo(0, 0));
  await page.mouse.move(0, 0);
  const picture = await page.screenshot({ animations: "disabled", caret: "hide" });
  if (picture.length > LIMIT)
    throw new Error(`the picture has ${picture.length} bytes, the limit is ${LIMIT}`);
  return picture;
}

/** Written when there is none, or when it is asked for: a run of the tests changes nothing in a checkout. */
export async function keepPicture(picture: Buffer, path: string, isAsked: boolean): Promise<void> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isAsked || !isThere) await Bun.write(path, picture);
}
