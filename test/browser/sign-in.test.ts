/** Sign-in on the page, in a real browser at a real OpenID provider. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { BrowserContext, Page } from "playwright-core";
import type { Specchat } from "../support/harness.ts";
import type { OidcProvider } from "../support/oidc-provider.ts";
import { createScriptedModel, replyWithText } from "../support/scripted-model.ts";
import { startProviderFor, startSignInServer } from "../support/signed-in-server.ts";
import { readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useContexts } from "./browser.ts";
import { findLowContrastText } from "./contrast.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const MINUTE = 60_000;

describeInBrowser("sign-in on the page", () => {
  const browser = useContexts();
  let provider: OidcProvider;
  let server: Specchat & { readonly page: string };
  let replica: Specchat & { readonly page: string };
  let context: BrowserContext;
  let ahead = 0;
  /** The model's reply waits for it. */
  let gate: Promise<unknown> = Promise.resolve();

  beforeAll(async () => {
    const started = await startProviderFor(2);
    provider = started.provider;
    const options = {
      model: createScriptedModel(() => [gate, ...replyWithText("Here it is.")]),
      useDemoModel: false,
      ports: { now: () => new Date(Date.now() + ahead) },
      argv: ["--cookie-secret", "a-secret-of-all-replicas", "--api-keys", `ci:${KEY}`],
    };
    [server, replica] = await Promise.all([
      startSignInServer(provider, started.ports[0], options),
      startSignInServer(provider, started.ports[1], options),
    ]);
  });

  afterAll(async () => {
    await Promise.all([server.stop(), replica.stop()]);
    await provider.stop();
  });

  afterEach(async () => {
    ahead = 0;
    gate = Promise.resolve();
    await context.close();
  });

  async function openPage(address = server.page): Promise<Page> {
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(address);
    return page;
  }

  async function fillProviderForm(page: Page, user: string): Promise<void> {
    await page.locator("input[name=login]").fill(user);
    await page.locator("input[name=password]").fill("any");
    await page.locator("button[type=submit]").click();
    await page.locator(".connection-open").waitFor();
  }

  async function signIn(user = "ada", address = server.page): Promise<Page> {
    context = await browser.create();
    const page = await openPage(address);
    await page.getByRole("link", { name: "Sign in" }).click();
    await fillProviderForm(page, user);
    return page;
  }

  const screen = (page: Page) => page.locator(".sign-in-screen");
  const composer = (page: Page) => page.getByLabel("Message", { exact: true });

  async function signOut(page: Page): Promise<void> {
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
  }

  test("A visitor signs in at the provider, chats, and signs out there too.", async () => {
    const page = await signIn();
    expect(await page.getByRole("button", { name: "Account of Ada Example" }).count()).toBe(1);
    await sendMessage(page, "Which orders are late?");
    expect(await waitForReply(page)).toContain("Here it is.");
    await signOut(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    await screen(page).waitFor();
    expect(page.url()).toBe(server.page);
    await page.getByRole("link", { name: "Sign in" }).click();
    // Another user finds neither the conversation nor the draft.
    await fillProviderForm(page, "bob");
    expect(await page.locator(".entry-reply").count()).toBe(0);
    expect(await readVisibleText(page.locator(".conversations"))).not.toContain("late");
  }, 60_000);

  test("A visitor signs in with a key, which no script can read.", async () => {
    context = await browser.create();
    const page = await openPage();
    await page.getByLabel("API key").fill("a-key-that-nobody-has-issued");
    await page.getByRole("button", { name: "Use key" }).click();
    await page.getByText("This key is not known, or no longer valid.").waitFor();
    await page.getByLabel("API key").fill(KEY);
    await page.getByLabel("API key").press("Enter");
    await page.locator(".connection-open").waitFor();
    await sendMessage(page, "Hello?");
    await waitForReply(page);
    const readable = await page.evaluate(() =>
      JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]),
    );
    expect(readable).not.toContain(KEY);
    await page.reload();
    expect(await waitForReply(page)).toContain("Here it is.");
    await signOut(page);
    await screen(page).waitFor();
  }, 60_000);

  test("A session that ends before a message is sent keeps the message, which is sent after the next sign-in.", async () => {
    const page = await signIn();
    ahead = 90 * MINUTE;
    await sendMessage(page, "Are you there?");
    const banner = page.locator(".banner-expired");
    await banner.waitFor();
    expect(await readVisibleText(page.locator(".queue"))).toContain("Will be sent when you have signed in");
    await composer(page).fill("A draft");
    await banner.getByRole("link", { name: "Sign in again" }).click();
    expect(await waitForReply(page)).toContain("Here it is.");
    expect(await page.locator(".entry-user").count()).toBe(1);
    expect(await composer(page).inputValue()).toBe("A draft");
    expect(await banner.count()).toBe(0);
  }, 60_000);

  test("A session that ends during a turn does not stop the turn.", async () => {
    const page = await signIn();
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    await sendMessage(page, "Take your time.");
    await page.locator(".entry-reply").waitFor();
    ahead = 90 * MINUTE;
    await page.getByRole("button", { name: "Stop" }).click();
    await page.locator(".banner-expired").waitFor();
    resolve();
    expect(await waitForReply(page)).toContain("Here it is.");
    await page.getByRole("link", { name: "Sign in again" }).click();
    await page.locator(".connection-open").waitFor();
    expect(await waitForReply(page)).toContain("Here it is.");
    await sendMessage(page, "And now?");
    await page.locator(".entry-reply").nth(1).waitFor();
    expect(await waitForReply(page)).toContain("Here it is.");
  }, 60_000);

  test("A session is renewed before it ends while the user is active, and the connection goes on with it.", async () => {
    const page = await signIn();
    await context.clock.install();
    await page.reload();
    await page.locator(".connection-open").waitFor();
    await composer(page).press("A");
    ahead = 14 * MINUTE;
    const renewal = page.waitForResponse((response) => response.url().endsWith("/account/renew"));
    await page.clock.fastForward(ahead);
    expect(await (await renewal).json()).toMatchObject({ user: { name: "Ada Example" } });
    ahead = 20 * MINUTE;
    await sendMessage(page, "Still there?");
    await page.clock.resume();
    expect(await waitForReply(page)).toContain("Here it is.");
    expect(await page.locator(".banner-expired").count()).toBe(0);
  }, 60_000);

  test("A second tab notices a sign-out, and the next sign-in revives it with its draft.", async () => {
    const page = await signIn();
    await sendMessage(page, "Which orders are late?");
    await waitForReply(page);
    await composer(page).fill("A draft");
    const other = await openPage();
    await other.locator(".connection-open").waitFor();
    await signOut(other);
    await other.waitForURL(/session\/end/);
    await screen(page).waitFor();
    expect(await page.locator(".entry-reply").isVisible()).toBe(false);
    await other.goto(server.page);
    await other.getByRole("link", { name: "Sign in" }).click();
    await other.locator(".connection-open").waitFor();
    await page.locator(".connection-open").waitFor();
    expect(await composer(page).inputValue()).toBe("A draft");
    expect(await waitForReply(page)).toContain("Here it is.");
    await composer(page).press("Enter");
    await page.locator(".entry-reply").nth(1).waitFor();
    await waitForReply(page);
  }, 60_000);

  test("Another user's sign-in replaces what a second tab shows.", async () => {
    const page = await signIn();
    await sendMessage(page, "Which orders are late?");
    await waitForReply(page);
    const other = await openPage();
    await other.locator(".connection-open").waitFor();
    await signOut(other);
    await other.getByRole("button", { name: "Sign out" }).click();
    await other.getByRole("link", { name: "Sign in" }).click();
    await fillProviderForm(other, "bob");
    await page.getByRole("button", { name: "Account of Bob Example" }).waitFor();
    expect(await page.locator(".entry-reply").count()).toBe(0);
  }, 60_000);

  test("A replica knows the user, and so does a page that is opened after the session has ended.", async () => {
    const page = await signIn();
    await page.goto(replica.page);
    await page.getByRole("button", { name: "Account of Ada Example" }).waitFor();
    ahead = 90 * MINUTE;
    await page.goto(server.page);
    await page.getByRole("button", { name: "Account of Ada Example" }).waitFor();
    expect(page.url()).toBe(server.page);
  }, 60_000);

  test("While the provider is down, the page says so, and no longer when it is back.", async () => {
    context = await browser.create();
    const page = await openPage();
    // An answer of a moment ago counts, and the clock of an earlier test was ahead.
    ahead = 180 * MINUTE;
    await provider.stop();
    try {
      await page.getByRole("link", { name: "Sign in" }).click();
      await page.getByText("The sign-in service cannot be reached.").waitFor();
      expect(page.url()).toBe(server.page);
    } finally {
      await provider.start();
    }
    await page.getByRole("link", { name: "Sign in" }).click();
    await fillProviderForm(page, "ada");
  }, 60_000);

  test("A sign-in that is cancelled shows a sentence and the way to try again.", async () => {
    context = await browser.create({ colorScheme: "dark", viewport: { width: 390, height: 780 } });
    const page = await openPage();
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.getByText("Cancel").click();
    await page.getByText("The sign-in was cancelled or refused.").waitFor();
    expect(page.url()).toBe(server.page);
    expect(await findLowContrastText(page)).toEqual([]);
    await page.getByRole("link", { name: "Sign in" }).click();
    await fillProviderForm(page, "ada");
    await page.getByRole("button", { name: /^Account of/ }).click();
    const menu = await page.locator(".account-menu").boundingBox();
    expect([(menu?.x ?? -1) >= 0, (menu?.x ?? 0) + (menu?.width ?? 999) <= 390]).toEqual([true, true]);
    expect(await findLowContrastText(page)).toEqual([]);
  }, 60_000);
});
