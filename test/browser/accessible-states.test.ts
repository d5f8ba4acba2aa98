/** Tests every further state of the page with axe-core, in light and dark colours, and enlarged to 200 and 400 %. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Page } from "playwright-core";
import { type Specchat, startSpecchat } from "../support/harness.ts";
import {
  createScriptedModel,
  replyWithCalls,
  replyWithText,
  type Script,
} from "../support/scripted-model.ts";
import { openChat, sendMessage, waitForReply } from "./actions.ts";
import { findProblems } from "./axe.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { type DemoServer, startDemoServer } from "./real.ts";

const KEY = "sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const ROWS = Array.from({ length: 200 }, (_, index) => ({
  id: index + 1,
  city: ["Lisbon", "Tokyo", "Rome"][index % 3],
  tags: ["new", "late"],
}));
const SALES = {
  type: "bar",
  title: "Sales",
  x: "id",
  y: ["sum"],
  rows: [
    { id: "Jan", sum: 3 },
    { id: "Feb", sum: 5 },
  ],
};

const schema = {
  type: "object",
  required: ["name", "size"],
  properties: {
    name: { type: "string", description: "The full name." },
    kind: { enum: ["person", "company"] },
    size: { type: "integer" },
    isActive: { type: "boolean" },
    tags: { type: "array", items: { type: "string" } },
    address: { type: "object", properties: { city: { type: "string" } } },
  },
};
const createDocument = (url: string) => ({
  openapi: "3.1.0",
  info: { title: "Customers", version: "1" },
  servers: [{ url }],
  components: {
    securitySchemes: {
      key: { type: "apiKey", in: "header", name: "X-Key", description: "Your profile has the key." },
      login: { type: "http", scheme: "basic" },
    },
  },
  paths: {
    "/all": { get: { operationId: "listAll", summary: "List all customers", responses: {} } },
    "/one": {
      post: {
        operationId: "addOne",
        summary: "Add a customer",
        requestBody: { content: { "application/json": { schema } } },
        responses: {},
      },
    },
    "/secret": { get: { operationId: "getSecret", security: [{ key: [] }, { login: [] }], responses: {} } },
  },
});

describeInBrowser(
  "a state of the page breaks no rule of WCAG 2.2 AA, and can be used enlarged to 400 %:",
  () => {
    const browser = useBrowser();
    let api: Bun.Server<undefined>;
    let server: DemoServer;
    let guarded: Specchat;
    let folder: string;
    let scripts: Script[] = [];

    beforeAll(async () => {
      folder = await mkdtemp(`${tmpdir()}/specchat-states-`);
      api = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => Response.json({ data: ROWS }) });
      await Bun.write(`${folder}/api.json`, JSON.stringify(createDocument(api.url.origin)));
      const model = createScriptedModel(() => scripts.shift() ?? replyWithText("Done."));
      const roles = {
        defaults: { allow: ["*"] },
        roles: { boss: { allow: ["*"], administrates: ["usage"] } },
      };
      [server, guarded] = await Promise.all([
        startDemoServer(["--spec", `${folder}/api.json`, "--share-links"], { model }),
        startSpecchat({
          useDemoModel: true,
          argv: ["--stop-grace", "0", "--api-keys", `boss:boss:${KEY}`, "--roles", JSON.stringify(roles)],
        }),
      ]);
    });
    afterAll(async () => {
      await Promise.all([server.stop(), guarded.stop()]);
      await api.stop(true);
      await rm(folder, { recursive: true });
    });

    /** Collects the problems of the states that a test visits. */
    function collect(page: Page) {
      const found: Record<string, readonly string[]> = {};
      return {
        check: async (state: string, panel?: string) => {
          const problems = await findProblems(page, panel);
          if (problems.length > 0) found[state] = problems;
        },
        found,
      };
    }

    async function runCall(page: Page, name: string, values: Record<string, unknown> = {}): Promise<void> {
      scripts = [replyWithCalls(["c0", name, values])];
      await openChat(page, server.address);
      await sendMessage(page, "Go.");
    }

    test("a call with its result as a table, a tree, text, and over the whole page", async () => {
      const { page } = await browser.open();
      const { check, found } = collect(page);
      await runCall(page, "listAll");
      await page.locator(".markdown", { hasText: "Done." }).waitFor();
      await waitForReply(page);
      const card = page.locator(".call");
      await card.locator("> summary").click();
      await card.getByRole("table").waitFor();
      await check("table");
      await card.getByRole("button", { name: "Tree" }).press("Enter");
      await card.getByRole("region", { name: "Tree" }).waitFor();
      await check("tree");
      await card.getByRole("button", { name: "Raw" }).press("Enter");
      await card.getByRole("region", { name: "Text" }).waitFor();
      await check("raw");
      await card.getByRole("button", { name: "Full screen" }).press("Enter");
      await page
        .getByRole("dialog", { name: "Result" })
        .getByRole("button", { name: "Table" })
        .press("Enter");
      await page.getByRole("dialog", { name: "Result" }).getByRole("table").waitFor();
      await check("full screen");
      await page.emulateMedia({ forcedColors: "active" });
      const backgrounds = await page
        .locator("dialog .result-views button")
        .evaluateAll((views) => views.map((view) => getComputedStyle(view).backgroundColor));
      await page.emulateMedia({ forcedColors: "none" });
      expect(backgrounds).toEqual([expect.any(String), backgrounds[2] ?? "", backgrounds[1] ?? ""]);
      expect(backgrounds[0]).not.toBe(backgrounds[1]);
      expect(found).toEqual({});
    }, 60_000);

    test("a chart with its table, and the overview with the link to share", async () => {
      const { page } = await browser.open();
      const { check, found } = collect(page);
      await runCall(page, "show_chart", SALES);
      const figure = page.getByRole("figure", { name: "Sales" });
      await figure.getByRole("img", { name: /^bar chart/ }).waitFor();
      await waitForReply(page);
      await figure.getByRole("button", { name: "Show table" }).click();
      await figure.getByRole("cell").first().waitFor();
      await check("chart");
      await page.getByRole("button", { name: "About this conversation" }).click();
      await page.getByRole("button", { name: "Create a link" }).click();
      const link = await page.getByLabel("Link", { exact: true }).inputValue();
      await check("overview", ".overview");
      await page.goto(link);
      await page.locator(".markdown", { hasText: "Done." }).waitFor();
      await check("shared page");
      expect(found).toEqual({});
    }, 60_000);

    test("the form of a call that waits for approval", async () => {
      const { page } = await browser.open();
      const { check, found } = collect(page);
      await runCall(page, "addOne", { name: "Ada", size: 3, tags: ["new"], address: { city: "Rome" } });
      await page.getByRole("button", { name: "Edit POST /one" }).click();
      await page.getByRole("form", { name: "Edit POST /one" }).getByLabel("name").waitFor();
      await check("form");
      await page.getByRole("form", { name: "Edit POST /one" }).getByLabel("size").fill("large");
      await page.getByRole("button", { name: "Check changes" }).click();
      await page.getByRole("region", { name: "Waiting for your approval" }).getByRole("alert").waitFor();
      await check("refused form");
      expect(found).toEqual({});
    }, 60_000);

    test("the sign-in to an API, the list of conversations as a drawer with its actions, and a frame", async () => {
      const { page } = await browser.open();
      const { check, found } = collect(page);
      await openChat(page, server.address);
      await sendMessage(page, "Hello");
      await waitForReply(page);
      await page.keyboard.type("/signin");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: "Sign in to Customers" }).waitFor();
      await check("sign-in dialog");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "More actions for Hello" }).click();
      await check("actions");
      await page.setViewportSize({ width: 360, height: 640 });
      await page.getByRole("button", { name: "Conversations" }).click();
      const drawer = page.getByRole("dialog", { name: "Conversations" });
      await drawer.getByRole("button", { name: "More actions for Hello" }).click();
      await drawer.getByRole("button", { name: "Delete Hello" }).click();
      await check("drawer");
      await openChat(page, `${server.address}?embed=1`);
      await check("frame");
      expect(found).toEqual({});
    }, 60_000);

    test("the sign-in screen, the menu of the account, and the usage", async () => {
      const { page } = await browser.open();
      const { check, found } = collect(page);
      await page.goto(`${guarded.url}/bedrock-chat/ui`);
      await page.getByLabel("API key").fill("unknown");
      await page.getByRole("button", { name: "Use key" }).click();
      await page.getByText("This key is not known, or no longer valid.").waitFor();
      await check("sign-in screen");
      await page.getByLabel("API key").fill(KEY);
      await page.getByLabel("API key").press("Enter");
      await page.locator(".connection-open").waitFor();
      await sendMessage(page, "List the orders");
      await waitForReply(page);
      await page.getByRole("button", { name: /^Account of/ }).click();
      await check("account menu", ".account-menu");
      await page.getByRole("button", { name: "Usage" }).click();
      await page.getByRole("heading", { name: "Operations" }).waitFor();
      await check("usage");
      expect(found).toEqual({});
    }, 60_000);

    test("a conversation and a dialog in Arabic, from right to left", async () => {
      const { page } = await browser.open();
      const { check, found } = collect(page);
      await openChat(page, server.address);
      await page.evaluate(() => localStorage.setItem("specchat.language", "ar"));
      scripts = [replyWithCalls(["c0", "listAll", {}])];
      await openChat(page, server.address);
      await page.locator("textarea").fill("Go.");
      await page.keyboard.press("Enter");
      await page.locator(".markdown", { hasText: "Done." }).waitFor();
      await waitForReply(page);
      await page.locator(".call > summary").click();
      await page.locator(".call").getByRole("table").waitFor();
      await check("reply");
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").waitFor();
      await check("palette");
      expect(found).toEqual({});
    }, 60_000);
  },
);
