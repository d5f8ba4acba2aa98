/** One Chromium for a test file. */
import { afterAll, beforeAll, describe } from "bun:test";
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Without a browser these suites are skipped, except where that would hide that nothing was tested. */
const missing = !existsSync(CHROMIUM);
export const describeInBrowser = missing && process.env.CI !== "true" ? describe.skip : describe;

export interface BrowserOfFile {
  /** A page with an empty profile, and what went wrong in it. */
  open(options?: BrowserContextOptions): Promise<OpenPage>;
}

export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings of the console, uncaught exceptions: policy violations are among them. */
  readonly complaints: readonly string[];
  /** Addresses of other hosts that the page asked for. */
  readonly foreign: readonly string[];
  close(): Promise<void>;
}

/** Called at the top of a `describe`: starts the browser before its tests and stops it after them. */
export function useBrowser(): BrowserOfFile {
  let browser: Browser | undefined;

  beforeAll(async () => {
    if (missing) throw new Error(`no browser at ${CHROMIUM}; CHROMIUM names another one`);
    browser = await launch();
  }, 30_000);

  afterAll(async () => {
    await browser?.close();
  });

  return {
    async open(options) {
      if (browser === undefined) throw new Error("the browser is not running");
      return openPage(browser, options);
    },
  };
}

export function launch(): Promise<Browser> {
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

export async function openPage(browser: Browser, options?: BrowserContextOptions): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (hostname !== "127.0.0.1" && protocol !== "data:") foreign.push(request.url());
  });
  return { page, complaints, foreign, close: () => context.close() };
}
