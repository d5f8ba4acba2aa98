/** Runs Chromium for the tests of the page. */
import { afterAll, afterEach, beforeAll, describe } from "bun:test";
import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page, type ViewportSize } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Without a browser these suites are skipped, except in CI, where they fail. */
export const hasBrowser = existsSync(CHROMIUM);
export const describeInBrowser = !hasBrowser && process.env.CI !== "true" ? describe.skip : describe;

export interface TestBrowser {
  /** Opens the page without any stored data, and records its errors. */
  open(look?: PageOptions): Promise<OpenPage>;
}

export interface PageOptions {
  readonly viewport?: ViewportSize;
  readonly colorScheme?: "light" | "dark";
  /** Of a new context only. */
  readonly locale?: string;
  readonly hasTouch?: boolean;
  readonly isMobile?: boolean;
}

export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings of the console, including policy violations, and uncaught exceptions. */
  readonly consoleErrors: readonly string[];
  /** URLs on other hosts that the page requested. */
  readonly externalRequests: readonly string[];
}

/**
 * Starts the browser before the tests of a `describe`, and stops it after them. The tests share one tab, because a new
 * one takes longer than most tests. Each test starts without stored data.
 */
export function useBrowser(): TestBrowser {
  let browser: Browser | undefined;
  let page: Page | undefined;

  beforeAll(async () => {
    if (!hasBrowser) throw new Error(`no browser at ${CHROMIUM}; set CHROMIUM to the path of one`);
    browser = await launchBrowser();
    page = await (await browser.newContext()).newPage();
    // Shorter than the timeout of a test: Bun would end the browser then, and all following tests would fail.
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
      if (page === undefined) throw new Error("the browser is not running: call open() in a test");
      return openPage(page, look);
    },
  };
}

export interface TestContexts {
  /** Creates a browser profile of its own, which several tabs share. The test closes it. */
  create(look?: PageOptions): Promise<BrowserContext>;
}

/** Starts the browser before the tests of a `describe` that need several tabs, and stops it after them. */
export function useContexts(): TestContexts {
  let browser: Browser | undefined;

  beforeAll(async () => {
    if (!hasBrowser) throw new Error(`no browser at ${CHROMIUM}; set CHROMIUM to the path of one`);
    browser = await launchBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
  });

  return {
    async create(look = {}) {
      if (browser === undefined) throw new Error("the browser is not running: call create() in a test");
      return await browser.newContext({ viewport: { width: 1280, height: 800 }, ...look });
    },
  };
}

/** Removes everything that a test has left: listeners, storage, cookies, the page and its connection. */
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
