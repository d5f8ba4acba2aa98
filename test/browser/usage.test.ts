/** The usage of everyone on the page, for administrators. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { CallerId } from "../../src/access/types.ts";
import type { Message, MessageId, SessionId, ToolResult } from "../../src/chat/types.ts";
import { type Specchat, startSpecchat } from "../support/harness.ts";
import { readVisibleText } from "./actions.ts";
import { describeInBrowser, useContexts } from "./browser.ts";
import { findLowContrastText } from "./contrast.ts";

const KEYS = { boss: "sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", reader: "sk-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" };
const HOUR = 3_600_000;
const PICTURES = process.env.PICTURES;

/** Creates a session of one turn that calls operations. The reply is rated. */
async function addSession(
  { store }: Specchat["app"],
  number: number,
  { hours, user, note }: { readonly hours: number; readonly user: string; readonly note?: string },
): Promise<void> {
  const at = new Date(Date.now() - hours * HOUR).toISOString();
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, "0")}` as SessionId;
  const stamp = (part: string) => ({ id: `${part}-${number}` as MessageId, at });
  const calls = ["listOrders", "getOrder", "refundOrder"].map((name, index) => ({
    id: `c${index}`,
    name,
    arguments: {},
  }));
  const results = calls.map(({ id: callId, name }, index): ToolResult => {
    const failed = index === 2 || number % 4 === 0;
    const durationMs = 80 + index * 900 + number * 13;
    const outcome = failed
      ? ({ status: "failed", httpStatus: 409 } as const)
      : ({ status: "ok", httpStatus: 200 } as const);
    return { callId, name, ...outcome, content: "…", durationMs };
  });
  const usage = { inputTokens: 1200, outputTokens: 340, cacheReadTokens: 9000, cacheWriteTokens: 0 };
  const model = "demo";
  const messages: readonly Message[] = [
    { role: "user", ...stamp("question"), text: "Refund order 7." },
    {
      role: "assistant",
      ...stamp("calls"),
      parts: calls.map((call) => ({ type: "call", call })),
      model,
      usage,
    },
    { role: "results", ...stamp("results"), results },
    ...(number % 5 === 0
      ? []
      : [
          {
            role: "assistant",
            ...stamp("reply"),
            parts: [{ type: "text", text: "Done." }],
            model,
            usage,
            stopReason: "end_turn" as const,
          } as const,
        ]),
  ];
  const createdBy = { user, organization: "shop" };
  const owner = `user:${user}` as CallerId;
  await store.create({
    id,
    owner,
    createdBy,
    createdAt: at,
    updatedAt: at,
    title: "",
    allowed: [],
    seq: 0,
    spent: [],
  });
  const feedback = { [`question-${number}`]: { rating: note ? "down" : "up", note, at } } as const;
  await store.write(id, { at, messages, ...(number % 2 === 1 && { feedback }) });
}

describeInBrowser("the usage on the page", () => {
  const browser = useContexts();
  let server: Specchat;

  beforeAll(async () => {
    const roles = {
      defaults: { allow: ["*"] },
      roles: { boss: { allow: ["*"], administrates: ["usage", "texts"] }, reader: { allow: ["*"] } },
    };
    const keys = Object.entries(KEYS).flatMap(([name, key]) => ["--api-keys", `${name}:${name}:${key}`]);
    server = await startSpecchat({
      useDemoModel: true,
      argv: [...keys, "--roles", JSON.stringify(roles)],
    });
    const notes = ["It refunded the wrong order.", undefined, "Too slow.\n<b>bold</b>"];
    for (let number = 1; number <= 20; number++)
      await addSession(server.app, number, {
        hours: (number * number) / 2,
        user: ["ada@shop.example", "bob@shop.example", "key:nightly-report"][number % 3] ?? "",
        ...(notes[number % 3] && { note: notes[number % 3] ?? "" }),
      });
  });
  afterAll(() => server.stop());

  async function signIn(key: string, look = {}): Promise<Page> {
    const context = await browser.create(look);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`${server.url}/bedrock-chat/ui`);
    await page.getByLabel("API key").fill(key);
    await page.getByLabel("API key").press("Enter");
    await page.locator(".connection-open").waitFor();
    await page.getByRole("button", { name: /^Account of/ }).click();
    return page;
  }

  const dialog = (page: Page) => page.getByRole("dialog", { name: "Usage" });

  async function openUsage(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Usage" }).click();
    await page.getByRole("heading", { name: "Operations" }).waitFor();
  }

  test("An administrator sees totals, days, operations, failures, slow calls, users and notes.", async () => {
    const page = await signIn(KEYS.boss);
    const requests: string[] = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    await openUsage(page);
    expect(requests.some((path) => path.endsWith(".js"))).toBe(true);
    const text = await readVisibleText(dialog(page));
    for (const part of ["Turns", "refundOrder", "HTTP 409", "ada@shop.example", "shop", "<b>bold</b>"])
      expect(text).toContain(part);
    expect(await findLowContrastText(page)).toEqual([]);
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/usage-wide.png` });
    if (PICTURES) await dialog(page).evaluate((element) => element.scrollTo(0, 1e6));
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/usage-wide-end.png` });
    // A shorter period has fewer turns.
    await page.getByLabel("Period").selectOption("7");
    await page.getByText(/^Turns a day/).waitFor();
    expect(await page.locator(".usage-days li").count()).toBe(7);
    const saved = page.waitForEvent("download");
    await page.getByRole("link", { name: "CSV" }).click();
    const csv = await Bun.file(await (await saved).path()).text();
    expect(csv.split("\n")[0]).toStartWith("day,organization,user,model,operation,turns,");
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toStartWith(
      "Account of",
    );
  }, 60_000);

  test("It fits a narrow dark screen, and says when it cannot be read.", async () => {
    const page = await signIn(KEYS.boss, { colorScheme: "dark", viewport: { width: 390, height: 780 } });
    await page.route("**/usage/overview*", (route) => route.fulfill({ status: 503 }), { times: 1 });
    await page.getByRole("button", { name: "Usage" }).click();
    await page.getByText("The server could not read the usage (HTTP 503).").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Operations" }).waitFor();
    expect(await dialog(page).evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
    expect(await findLowContrastText(page)).toEqual([]);
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/usage-narrow-dark.png` });
    if (PICTURES) await dialog(page).evaluate((element) => element.scrollTo(0, 700));
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/usage-narrow-dark-2.png` });
  }, 60_000);

  test("Others are not offered it.", async () => {
    const page = await signIn(KEYS.reader);
    expect(await page.getByRole("button", { name: "Sign out" }).count()).toBe(1);
    expect(await page.getByRole("button", { name: "Usage" }).count()).toBe(0);
  }, 60_000);
});
