import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Page } from "playwright-core";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { findLowContrastText } from "./contrast.ts";
import { type DemoServer, startDemoServer } from "./real.ts";

const PDF = new Uint8Array([0x25, 0x50, 0x44, 0x46, 0x2d, 0x00, 0xff]);

/** Starts an API that requires credentials. It accepts any but `wrong`, and adds those of each request to `received`. */
function startProtectedApi(received: (string | null)[]) {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch({ headers }) {
      const credential = headers.get("authorization") ?? headers.get("x-api-key");
      received.push(credential);
      if (credential === null || credential.includes("wrong"))
        return Response.json({ message: "who are you?" }, { status: 401 });
      return new Response(PDF, {
        headers: {
          "Content-Type": "application/pdf",
          "Content-Disposition": 'attachment; filename="bill 7.pdf"',
        },
      });
    },
  });
}

const SCHEMES = {
  token: { type: "http", scheme: "bearer" },
  login: { type: "http", scheme: "basic" },
  key: { type: "apiKey", in: "header", name: "X-Api-Key", description: "Your profile has the key." },
};

/** Returns the API's document with one operation for each scheme. */
function createDocument(url: string, names: readonly (keyof typeof SCHEMES)[]): string {
  return JSON.stringify({
    openapi: "3.0.3",
    info: { title: "Warehouse", version: "1" },
    servers: [{ url }],
    components: { securitySchemes: SCHEMES },
    paths: Object.fromEntries(
      names.map((name) => [
        `/${name}`,
        { get: { operationId: `${name}Bill`, security: [{ [name]: [] }], responses: {} } },
      ]),
    ),
  });
}

describeInBrowser("the page of an API that requires credentials", () => {
  const browser = useBrowser();
  let folder: string;
  let api: ReturnType<typeof Bun.serve>;
  let server: DemoServer;
  let received: (string | null)[];
  /** Calls one operation in each turn. */
  let model: ReturnType<typeof createCallingModel>;

  const createCallingModel = (...names: readonly string[]) =>
    createScriptedModel(
      names.flatMap((name, index) => [replyWithCalls([`c${index}`, name, {}]), replyWithText("There.")]),
    );

  async function serve(
    schemes: readonly (keyof typeof SCHEMES)[],
    calls: readonly string[],
    ...argv: string[]
  ) {
    const spec = `${folder}/${schemes.join("-")}.json`;
    await Bun.write(spec, createDocument(api.url.href, schemes));
    model = createCallingModel(...calls);
    server = await startDemoServer(["--spec", spec, ...argv], { model });
  }

  beforeAll(async () => {
    folder = await mkdtemp(`${tmpdir()}/specchat-page-`);
  });
  beforeEach(() => {
    received = [];
    api = startProtectedApi(received);
  });
  afterEach(async () => {
    await server.stop();
    await api.stop(true);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Returns everything that the page contains or stores. */
  const readPageData = (page: Page) =>
    page.evaluate(() =>
      JSON.stringify([
        document.documentElement.outerHTML,
        [...document.querySelectorAll("input")].map(({ value }) => value),
        { ...localStorage },
        { ...sessionStorage },
        document.cookie,
        location.href,
        history.state,
      ]),
    );

  test("an unauthorized call offers to sign in; then the call returns a file, which can be downloaded", async () => {
    await serve(["token"], ["tokenBill", "tokenBill", "tokenBill"]);
    const { page, consoleErrors, externalRequests } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "The bill?");
    await page.locator(".call-failed", { hasText: "401" }).waitFor();
    await waitForReply(page);
    await page.locator(".entry-reply").getByRole("button", { name: "Sign in" }).click();

    const dialog = page.getByRole("dialog", { name: "Sign in to Warehouse" });
    expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("token");
    const field = dialog.getByLabel("Access token");
    expect([await field.getAttribute("type"), await field.getAttribute("autocomplete")]).toEqual([
      "password",
      "off",
    ]);
    await page.keyboard.press("Enter");
    expect(await dialog.isVisible()).toBe(true);
    await page.keyboard.type("s3cret-token");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Signed in" }).waitFor();
    expect(await readPageData(page)).not.toContain("s3cret");

    await sendMessage(page, "And now?");
    const reply = page.locator(".entry-reply").nth(1);
    const link = reply.getByRole("list", { name: "Files" }).getByRole("link");
    expect(await readVisibleText(link)).toMatch(/^bill 7\.pdf\s*application\/pdf\s*7 B$/);
    await waitForReply(page);
    await reply.locator(".call > summary").click();
    await reply.locator(".call-body").getByRole("link", { name: "bill 7.pdf" }).waitFor();
    // By keyboard: opening the call may move the list under a pointer.
    const [download] = await Promise.all([page.waitForEvent("download"), link.press("Enter")]);
    expect(download.suggestedFilename()).toBe("bill 7.pdf");
    expect(await Bun.file(await download.path()).bytes()).toEqual(PDF);

    await page.getByRole("button", { name: "Signed in" }).click();
    await dialog.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in to Warehouse" }).waitFor();
    await sendMessage(page, "And without me?");
    await page.locator(".entry-reply").nth(2).locator(".call-failed").waitFor();
    await waitForReply(page);
    expect(received).toEqual([null, "Bearer s3cret-token", null]);
    expect(JSON.stringify(model.requests)).not.toContain("s3cret");
    // Chromium would report every blocked download and request in the console.
    expect({ consoleErrors, externalRequests }).toEqual({ consoleErrors: [], externalRequests: [] });
  }, 60_000);

  test("each security scheme has its own fields, except schemes with a configured credential", async () => {
    await serve(["login", "key", "token"], ["loginBill", "keyBill"], "--api-credential", "token: fixed");
    const { page } = await browser.open({ viewport: { width: 360, height: 640 } });
    await openChat(page, server.address);
    await page.getByRole("button", { name: "Sign in to Warehouse" }).click();
    const dialog = page.getByRole("dialog", { name: "Sign in to Warehouse" });
    expect(await dialog.locator("h3").allInnerTexts()).toEqual(["login", "key"]);
    expect(
      await dialog
        .locator("input")
        .evaluateAll((inputs) =>
          inputs.map((input) => [input.getAttribute("type"), input.getAttribute("autocomplete")]),
        ),
    ).toEqual([
      ["text", "username"],
      ["password", "current-password"],
      ["password", "off"],
    ]);
    expect(await findLowContrastText(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);

    const login = dialog.getByRole("form", { name: "login" });
    await login.getByLabel("Username").fill("ada");
    await login.getByLabel("Password").fill("p:w");
    await login.getByRole("button", { name: "Sign in" }).click();
    await login.getByText("Signed in").waitFor();
    const key = dialog.getByRole("form", { name: "key" });
    await key.getByLabel("API key").fill("k1");
    await page.keyboard.press("Enter");
    await key.getByText("Signed in").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    for (const text of ["one", "two"]) {
      await sendMessage(page, text);
      await page.locator(".entry-user", { hasText: text }).waitFor();
      await waitForReply(page);
    }
    expect(received).toEqual([`Basic ${btoa("ada:p:w")}`, "k1"]);
  }, 60_000);

  test("credentials that the API rejects are marked until it accepts others", async () => {
    await serve(["login", "key"], ["keyBill", "keyBill", "loginBill"]);
    const { page } = await browser.open();
    await openChat(page, server.address);
    const dialog = page.getByRole("dialog", { name: "Sign in to Warehouse" });
    const key = dialog.getByRole("form", { name: "key" });
    const enterKey = async (value: string) => {
      await key.getByLabel("API key").fill(value);
      await page.keyboard.press("Enter");
      await key.getByText("Signed in").waitFor();
      await page.keyboard.press("Escape");
    };
    await page.keyboard.type("/signin");
    await page.keyboard.press("Enter");
    await dialog.getByText("Your profile has the key.").waitFor();
    expect(await dialog.locator(".sign-in-description").allInnerTexts()).toEqual([
      "Your profile has the key.",
    ]);
    await enterKey("wrong");
    await page.getByRole("button", { name: "Signed in to Warehouse", exact: true }).waitFor();
    await page.keyboard.type("One?");
    await page.keyboard.press("Enter");
    await page.locator(".entry-reply").waitFor();
    expect(await waitForReply(page)).toContain("Warehouse did not accept your sign-in.");
    const button = page.getByRole("button", { name: "Sign in to Warehouse: Not accepted" });
    expect(await readVisibleText(button)).toBe("Not accepted");
    expect(await findLowContrastText(page)).toEqual([]);
    await button.click();
    const alert = "Warehouse did not accept these credentials. Check them, and sign in again.";
    expect(await dialog.getByRole("alert").allInnerTexts()).toEqual([alert]);
    expect(await findLowContrastText(page)).toEqual([]);
    await page.reload();
    expect(await waitForReply(page)).toContain("Warehouse did not accept your sign-in.");
    await button.click();
    await dialog.getByText(alert).waitFor();
    await enterKey("right");
    await sendMessage(page, "Two?");
    await page.locator(".entry-reply").nth(1).waitFor();
    await waitForReply(page);
    await page.getByRole("button", { name: "Signed in to Warehouse", exact: true }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Signed in to Warehouse", exact: true }).waitFor();
    await waitForReply(page);
    // The key is not at fault.
    await sendMessage(page, "Three?");
    await page.locator(".entry-reply").nth(2).waitFor();
    expect(await waitForReply(page)).toContain("The API requires you to sign in.");
    await page.getByRole("button", { name: "Signed in to Warehouse", exact: true }).waitFor();
    expect(received).toEqual(["wrong", "right", null]);
  }, 60_000);

  test("a lost sign-in is reported, and so is an attempt to sign in without a connection", async () => {
    await serve(["key"], []);
    const { page } = await browser.open();
    await openChat(page, server.address);
    const signIn = page.getByRole("button", { name: "Sign in to Warehouse" });
    const dialog = page.getByRole("dialog", { name: "Sign in to Warehouse" });
    const enterKey = async () => {
      await dialog.getByLabel("API key").fill("k1");
      await page.keyboard.press("Enter");
    };
    await signIn.click();
    await enterKey();
    await dialog.waitFor({ state: "hidden" });

    const { port } = server.server;
    await server.stop();
    await page.getByText("Reconnecting…").waitFor();
    await signIn.click();
    await enterKey();
    await dialog.getByRole("alert").getByText("Not connected.").waitFor();
    await page.keyboard.press("Escape");

    await serve(["key"], ["keyBill"], "--port", String(port));
    await page.getByRole("button", { name: "Sign in again" }).click();
    await enterKey();
    await dialog.waitFor({ state: "hidden" });
    expect(await page.getByRole("button", { name: "Sign in again" }).count()).toBe(0);
    await sendMessage(page, "And?");
    await page.getByRole("list", { name: "Files" }).waitFor();
    expect(received).toEqual(["k1"]);
  }, 30_000);
});
