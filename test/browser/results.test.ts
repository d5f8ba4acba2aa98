/** The results of calls on the page, on the real server with an API of the test. */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Download, Page } from "playwright-core";
import type { SessionId } from "../../src/chat/types.ts";
import {
  createScriptedModel,
  replyWithCalls,
  replyWithText,
  type Script,
} from "../support/scripted-model.ts";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { findLowContrastText } from "./contrast.ts";
import { type DemoServer, startDemoServer } from "./real.ts";

const ROWS = Array.from({ length: 100_000 }, (_, index) => ({
  id: index + 1,
  city: ["Lisbon", "Tokyo", "Rome"][index % 3],
  note: index === 0 ? "=cmd\u202e" : "",
}));

const PNG = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
);
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><circle r="4"/></svg>';
const SVG_HEADERS = {
  "Content-Type": "image/svg+xml",
  "Content-Disposition": 'attachment; filename="drawing.svg"',
};

const operation = (operationId: string, summary: string) => ({ operationId, summary, responses: {} });
const createDocument = (url: string) => ({
  openapi: "3.1.0",
  info: { title: "Customers", version: "1" },
  servers: [{ url }],
  components: { securitySchemes: { key: { type: "apiKey", in: "query", name: "key" } } },
  security: [{ key: [] }],
  paths: {
    "/all": { get: operation("listAll", "List all customers") },
    "/one": { get: operation("getOne", "Get a customer"), post: operation("addOne", "Add a customer") },
    "/photo": { get: operation("getPhoto", "Get the photo of a customer") },
    "/drawing": { get: operation("getDrawing", "Get a drawing") },
    "/gone": { get: operation("getGone", "Get a lost customer") },
  },
});

function respond(request: Request): Response {
  const { pathname } = new URL(request.url);
  if (pathname === "/all") return Response.json({ data: ROWS });
  if (pathname === "/photo") return new Response(PNG, { headers: { "Content-Type": "image/png" } });
  if (pathname === "/drawing") return new Response(SVG, { headers: SVG_HEADERS });
  if (pathname === "/gone") return Response.json({ message: "no such customer" }, { status: 404 });
  return Response.json({ id: 7, name: "Ann <b>bold</b>", address: { city: "Rome" } });
}

describeInBrowser("the results of calls", () => {
  const browser = useBrowser();
  let api: ReturnType<typeof Bun.serve>;
  let server: DemoServer;
  let folder: string;
  let scripts: Script[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(`${tmpdir()}/specchat-results-`);
    api = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: respond });
    await Bun.write(`${folder}/api.json`, JSON.stringify(createDocument(api.url.origin)));
    const model = createScriptedModel(() => scripts.shift() ?? replyWithText("Done."));
    server = await startDemoServer(["--spec", `${folder}/api.json`, "--api-credential", "key: s3cret"], {
      model,
    });
  });
  beforeEach(() => {
    scripts = [];
  });
  afterAll(async () => {
    await server.stop();
    await api.stop(true);
    await rm(folder, { recursive: true });
  });

  /** Runs a turn with these calls. */
  async function runCalls(page: Page, ...calls: readonly string[]): Promise<void> {
    scripts = [
      replyWithCalls(
        ...calls.map((name, at) => [`c${at}`, name, {}] as [string, string, Record<string, unknown>]),
      ),
    ];
    await openChat(page, server.address);
    await sendMessage(page, "Go.");
    await page.locator(".markdown", { hasText: "Done." }).waitFor();
    await waitForReply(page);
  }

  const save = async (page: Page, name: string): Promise<Download> => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name }).click(),
    ]);
    return download;
  };

  test("a hundred thousand rows are a table that is sorted, filtered and saved", async () => {
    const { page, consoleErrors, externalRequests } = await browser.open();
    await runCalls(page, "listAll");
    const card = page.locator(".call");
    expect(await readVisibleText(card.locator("> summary"))).toMatch(
      /^Listed all customers\s+100,000 rows · [\d.]+ m?s$/,
    );
    await card.locator("> summary").click();
    const table = card.getByRole("table");
    await table.waitFor();
    const cells = () => table.getByRole("row").nth(1).getByRole("cell").allInnerTexts();
    expect(await cells()).toEqual(["1", "Lisbon", "=cmd\\u202e"]);
    expect(await table.getByRole("row").count()).toBeLessThan(60);
    expect(await table.getAttribute("aria-rowcount")).toBe("100001");

    await table.getByRole("button", { name: "id" }).click();
    await table.getByRole("button", { name: "id" }).click();
    expect(await table.getByRole("columnheader").first().getAttribute("aria-sort")).toBe("descending");
    expect(await cells()).toEqual(["100000", "Lisbon", ""]);
    await card.getByLabel("Filter rows").fill("ROME");
    await card.getByText("33,333 of 100,000 rows").waitFor();
    expect(await cells()).toEqual(["99999", "Rome", ""]);
    await card.getByLabel("Filter rows").fill("=cmd");
    await card.getByText("1 of 100,000 rows").waitFor();
    await card.getByLabel("Choose columns").click();
    await card.getByRole("checkbox", { name: "city" }).click();
    expect(await cells()).toEqual(["1", "=cmd\\u202e"]);
    const csv = await save(page, "CSV");
    // Without `ignoreBOM`, the mark at the beginning would be lost.
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    expect([csv.suggestedFilename(), decoder.decode(await Bun.file(await csv.path()).bytes())]).toEqual([
      "listAll.csv",
      "\ufeffid,note\r\n1,'=cmd\u202e\r\n",
    ]);
    const json = await save(page, "Download JSON");
    expect(json.suggestedFilename()).toBe("listAll.json");
    expect(await Bun.file(await json.path()).json()).toEqual({ data: ROWS });
    expect({ consoleErrors, externalRequests }).toEqual({ consoleErrors: [], externalRequests: [] });
  }, 90_000);

  test("a record is a tree, a table and text, also over the whole page", async () => {
    const { page, consoleErrors } = await browser.open({ viewport: { width: 360, height: 640 } });
    await runCalls(page, "getOne");
    const card = page.locator(".call");
    await card.locator("> summary").click();
    await card.getByText("Ann <b>bold</b>").first().waitFor();
    expect(await readVisibleText(card.getByRole("region", { name: "Tree" }))).toContain("Ann <b>bold</b>");
    await card.getByRole("button", { name: "Table" }).click();
    await card.getByRole("cell").first().waitFor();
    expect(await card.getByRole("cell").allInnerTexts()).toContain('{"city": "Rome"}');
    await card.getByRole("button", { name: "Raw" }).click();
    await card.getByRole("region", { name: "Text" }).getByText("Rome").first().waitFor();
    expect(await readVisibleText(card.getByRole("region", { name: "Text" }))).toContain('"city": "Rome"');
    await card.getByRole("button", { name: "Full screen" }).click();
    const dialog = page.getByRole("dialog", { name: "Result" });
    await dialog.getByText("Rome").first().waitFor();
    expect(await readVisibleText(dialog)).toContain('"city": "Rome"');
    expect(await dialog.evaluate((box) => box.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await card.getByRole("button", { name: "Raw", pressed: true }).waitFor();
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("finished calls are one line; a call is copied as curl without its secret", async () => {
    const { page } = await browser.open();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await runCalls(page, "getOne", "getGone");
    expect(await page.locator(".call").count()).toBe(0);
    const fold = page.locator(".call-fold > summary");
    expect(await readVisibleText(fold)).toMatch(/^2 calls, 1 failed\s*Got a customer, Get a lost customer/);
    await fold.click();
    const card = page.locator(".call").first();
    await card.locator("> summary").click();
    expect(await readVisibleText(card.locator(".call-request"))).toMatch(/^GET\s*\/one\s*Copy as curl$/);
    await card.getByRole("button", { name: "Copy as curl" }).click();
    await card.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `curl '${api.url.origin}/one?key=***'`,
    );
  }, 60_000);

  test("a refused call is shown as refused, without the text for the model", async () => {
    const { page } = await browser.open();
    scripts = [replyWithCalls(["c0", "addOne", {}])];
    await openChat(page, server.address);
    await sendMessage(page, "Add.");
    await page.getByRole("button", { name: "Deny POST /one", exact: true }).click();
    const card = page.locator(".call-refused");
    await page.locator(".markdown", { hasText: "Done." }).waitFor();
    expect(await readVisibleText(card.locator("> summary"))).toMatch(/^Add a customer\s*refused$/);
    await card.locator("> summary").click();
    await card.getByText("You refused this call. Nothing was sent.").waitFor();
    expect(await readVisibleText(card)).not.toContain("Do not try");
  }, 60_000);

  test("a chart is drawn, with its table, a picture and CSV", async () => {
    const { page, consoleErrors, externalRequests } = await browser.open();
    const rows = [
      { month: "Jan", sum: 3 },
      { month: "=Feb", sum: 5 },
    ];
    scripts = [
      replyWithCalls(["c0", "show_chart", { type: "bar", title: "Sales", x: "month", y: ["sum"], rows }]),
    ];
    await openChat(page, server.address);
    await sendMessage(page, "Draw.");
    const figure = page.getByRole("figure", { name: "Sales" });
    await figure
      .getByRole("img", { name: "bar chart: Sales. sum by month, 2 rows from Jan to =Feb." })
      .waitFor();
    await waitForReply(page);
    // The bars have the first colour of the page.
    const isDrawn = () =>
      figure.locator("canvas").evaluate((element) => {
        const canvas = element as HTMLCanvasElement;
        const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
        return (data ?? []).some((red, at) => at % 4 === 0 && red === 0x3d && data?.[at + 2] === 0xd9);
      });
    expect(await isDrawn()).toBe(true);
    const png = await save(page, "PNG");
    expect(png.suggestedFilename()).toBe("Sales.png");
    expect([...(await Bun.file(await png.path()).bytes()).subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
    const csv = await save(page, "CSV");
    expect(await Bun.file(await csv.path()).text()).toBe("month,sum\r\nJan,3\r\n'=Feb,5\r\n");
    await figure.getByRole("button", { name: "Show table" }).click();
    await figure.getByRole("cell").first().waitFor();
    expect(await figure.getByRole("cell").allInnerTexts()).toEqual(["Jan", "3", "=Feb", "5"]);
    expect(await findLowContrastText(page)).toEqual([]);
    expect({ consoleErrors, externalRequests }).toEqual({ consoleErrors: [], externalRequests: [] });
  }, 60_000);

  test("pictures of the API are shown, and a drawing that could hold scripts is a download only", async () => {
    const { page, consoleErrors, externalRequests } = await browser.open();
    await runCalls(page, "getPhoto", "getDrawing");
    const files = page.getByRole("list", { name: "Files" });
    const picture = files.getByRole("img", { name: "answer.png" });
    await picture.waitFor();
    expect(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(1);
    expect(await files.getByRole("img").count()).toBe(1);
    expect(await files.getByRole("link").allInnerTexts()).toEqual([
      expect.stringMatching(/^answer\.png/),
      expect.stringMatching(/^drawing\.svg/),
    ]);
    expect({ consoleErrors, externalRequests }).toEqual({ consoleErrors: [], externalRequests: [] });
  }, 60_000);

  test("a result that is no longer kept says so", async () => {
    const { page } = await browser.open();
    await runCalls(page, "listAll");
    const id = new URL(page.url()).searchParams.get("conversation");
    await server.app.results.deleteSession(id as SessionId);
    await page.locator(".call > summary").click();
    expect(await readVisibleText(page.locator(".call").getByRole("alert"))).toMatch(
      /^The whole result is no longer kept\. Ask for it again\.\s*Try again$/,
    );
  }, 60_000);

  for (const colorScheme of ["light", "dark"] as const) {
    test(`has enough contrast in every text: ${colorScheme}`, async () => {
      const { page } = await browser.open({ colorScheme });
      await runCalls(page, "getOne");
      await page.locator(".call > summary").click();
      for (const view of ["Table", "Tree", "Raw"]) {
        await page.getByRole("button", { name: view, exact: true }).click();
        expect(await findLowContrastText(page)).toEqual([]);
      }
    }, 60_000);
  }
});
