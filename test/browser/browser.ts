/** One Chromium for a test file. */
import { afterAll, afterEach, beforeAll, describe } from "bun:test";
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page, type ViewportSize } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Without a browser these suites are skipped, except where that would hide that nothing was tested. */
const isMissing = !existsSync(CHROMIUM);
export const describeInBrowser = isMissing && process.env.CI !== "true" ? describe.skip : describe;

export interface TestBrowser {
  /** The file's page as if nobody had used it, and what went wrong in it. */
  open(look?: PageOptions): Promise<OpenPage>;
}

export interface PageOptions {
  readonly viewport?: ViewportSize;
  readonly colorScheme?: "light" | "dark";
}

export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings of the console, uncaught exceptions: policy violations are among them. */
  readonly consoleErrors: readonly string[];
  /** Addresses of other hosts that the page asked for. */
  readonly externalRequests: readonly string[];
}

/**
 * Called at the top of a `describe`: starts the browser before its tests and stops it after them. They share one tab,
 * since a new one takes longer than most tests; each begins in it with nothing remembered.
 */
export function useBrowser(): TestBrowser {
  let browser: Browser | undefined;
  let page: Page | undefined;

  beforeAll(async () => {
    if (isMissing) throw new Error(`no browser at ${CHROMIUM}; CHROMIUM names another one`);
    browser = await launchBrowser();
    page = await (await browser.newContext()).newPage();
    // Before the test's own: at that limit Bun ends the browser, and with it all tests that follow.
    page.setDefaultTimeout(40_000);
  }, 60_000);

  afterEach(async () => {
    if (page !== undefined) await resetPage(page);
  });

  afterAll(async () => {
    await browser?.close();
  });

  return {
    async open(look) {
      if (page === undefined) throw new Error("the browser is not running");
      return openPage(page, look);
    },
  };
}

/** Forgets all that a test left: listeners, storage, cookies, the page itself and its connection. */
async function resetPage(page: Page): Promise<void> {
  page.removeAllListeners();
  if (page.url() !== BLANK_URL)
    await page.evaluate(() => {
      localStorage.clear();
      sessionStorage.clear();
    });
  await page.context().clearCookies();
  await page.goto(BLANK_URL);
}

const BLANK_URL = "about:blank";

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export async function openPage(page: Page, options: PageOptions = {}): Promise<OpenPage> {
  await page.setViewportSize(options.viewport ?? { width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: options.colorScheme ?? "light" });
  const consoleErrors: string[] = [];
  const externalRequests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") consoleErrors.push(message.text());
  });
  page.on("pageerror", (error) => consoleErrors.push(String(error)));
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (hostname !== "127.0.0.1" && protocol !== "data:") externalRequests.push(request.url());
  });
  return { page, consoleErrors, externalRequests };
}
