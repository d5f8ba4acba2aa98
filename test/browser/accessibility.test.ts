/** Tests the page against WCAG 2.2 AA with axe-core, in each of its states, light and dark. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { type DemoServer, startDemoServer } from "./real.ts";
import { createAiResponse, createFrameSequencer, type Script, startScriptedServer } from "./scripted.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Returns the rules that elements of the page break, with the elements. */
async function findViolations(page: Page): Promise<readonly string[]> {
  // A colour that fades in has no contrast of its own yet.
  await page
    .addStyleTag({
      content: "*, ::before, ::after { transition: none !important; animation: none !important }",
    })
    .catch(() => {});
  await page.evaluate(axe.source);
  return await page.evaluate(async (tags) => {
    const { axe: engine } = window as unknown as { axe: typeof axe };
    const { violations } = await engine.run(document, { runOnly: { type: "tag", values: tags } });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  }, TAGS);
}

const CALLS = ["1", "2"].map((id) => ({
  tool_call_id: id,
  name: "deleteOrder",
  arguments: { orderId: id },
  method: "DELETE",
  path: "/orders/{orderId}",
  request: { method: "DELETE", url: `https://shop.example/orders/${id}` },
}));
const CREATE = { ...CALLS[0], tool_call_id: "3", name: "createOrder", method: "POST", path: "/orders" };
const REPLY = [
  "# Orders",
  "| id | total |\n| --- | --- |\n| 1 | 20 |",
  "```ts\nconst a = 1;\n```",
  "A note[^1] with `code`, <kbd>K</kbd> and [a link](https://example.com).",
  "<details><summary>More</summary>\n\nText.\n\n</details>",
  "[^1]: The note.",
].join("\n\n");

const answers: Readonly<Record<string, Script>> = {
  reply: (client) => {
    const next = createFrameSequencer();
    client.send(next({ type: "text_delta", text: REPLY } as const));
    client.send(next(createAiResponse(REPLY)));
  },
  approval: (client, { type }) => {
    if (type !== "message") return;
    const next = createFrameSequencer();
    client.send(next({ type: "typing", message: "…" } as const));
    const calls = { tool_calls: [...CALLS, CREATE] as typeof CALLS, expires_at: "2099-01-01T00:00:00.000Z" };
    client.send(next({ type: "approval_request", approval_id: "p", ...calls } as const));
  },
  failure: (client) => {
    const next = createFrameSequencer();
    client.send(
      next({
        type: "error",
        code: "model_unavailable",
        message: "The model is busy.",
        retryable: true,
      } as const),
    );
  },
};

describeInBrowser("the page breaks no rule of WCAG 2.2 AA", () => {
  const browser = useBrowser();
  const scripted = startScriptedServer();
  let demo: DemoServer;
  beforeAll(async () => {
    demo = await startDemoServer();
  });
  afterAll(() => Promise.all([scripted.stop(), demo.stop()]));

  const open = async (address: string, colorScheme: "light" | "dark") => {
    scripted.reset();
    const { page } = await browser.open({ colorScheme });
    await openChat(page, address);
    return page;
  };

  test.each(["light", "dark"] as const)(
    "%s: the welcome, and the dialogs over the page",
    async (colorScheme) => {
      const page = await open(demo.address, colorScheme);
      const found: [string, readonly string[]][] = [["welcome", await findViolations(page)]];
      await page.keyboard.type("/");
      await page.getByRole("listbox").waitFor();
      found.push(["commands", await findViolations(page)]);
      await page.keyboard.press("Backspace");
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").waitFor();
      found.push(["palette", await findViolations(page)]);
      await page.keyboard.press("Control+/");
      await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
      found.push(["shortcuts", await findViolations(page)]);
      await page.keyboard.press("Escape");
      await openChat(page, demo.address);
      await page.keyboard.type("/tools");
      await page.keyboard.press("Enter");
      await page.locator(".tool-row").nth(3).click();
      await page.getByRole("form", { name: "Try it" }).waitFor();
      found.push(["tools", await findViolations(page)]);
      expect(found.filter(([, violations]) => violations.length > 0)).toEqual([]);
    },
    60_000,
  );

  test.each(["light", "dark"] as const)(
    "%s: a reply, an approval and a failure",
    async (colorScheme) => {
      const found: [string, readonly string[]][] = [];
      for (const [name, script] of Object.entries(answers)) {
        const page = await open(scripted.address, colorScheme);
        scripted.setScript(script);
        await sendMessage(page, "Go");
        if (name === "reply") await waitForReply(page);
        await page
          .locator({ reply: ".markdown table", approval: ".approval", failure: ".failure" }[name] ?? "")
          .waitFor();
        found.push([name, await findViolations(page)]);
        await page.evaluate(() => sessionStorage.clear());
      }
      expect(found.filter(([, violations]) => violations.length > 0)).toEqual([]);
    },
    60_000,
  );

  test("the first stop of the Tab key skips to the message field", async () => {
    const page = await open(demo.address, "light");
    await page.evaluate(() => {
      document.body.tabIndex = -1;
      document.body.focus();
    });
    await page.keyboard.press("Tab");
    const link = page.getByRole("button", { name: "Skip to the message field" });
    expect(await link.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await findViolations(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await page.keyboard.type("Hello");
    expect(await page.getByLabel("Message", { exact: true }).inputValue()).toBe("Hello");
  }, 60_000);

  test("a failure says who can do something about it", async () => {
    const page = await open(scripted.address, "light");
    const said: string[] = [];
    const next = createFrameSequencer();
    for (const code of ["throttled", "message_too_long", "access_denied", "internal"] as const) {
      const error = { type: "error", code, message: "It failed.", retryable: false } as const;
      scripted.setScript((client) => client.send(next({ ...error, turn_id: code })));
      await sendMessage(page, code);
      const alert = page.locator(".entry-reply").nth(said.length).getByRole("alert").locator("p");
      await alert.waitFor();
      said.push((await readVisibleText(alert)).split("\n")[0] ?? "");
    }
    expect(said).toEqual([
      "Nothing to do but wait: It failed.",
      "You can fix this: It failed.",
      "Your administrator must fix this: It failed.",
      "It failed.",
    ]);
  }, 60_000);

  test("finished sentences of a reply are read as plain text, and code is not", async () => {
    const page = await open(scripted.address, "light");
    const next = createFrameSequencer();
    const pieces = [
      "# Or",
      "ders\n\nThere are **two",
      "** [late](https://a.example) ones. The fir",
      "st is 7",
    ];
    const rest = ".\n\n```sh\nrm x\n```\n\n| id | total |\n| - | - |\n| 7 | 20 |\n\n1. Ask `Ada`";
    const gate = Promise.withResolvers<void>();
    scripted.setScript(async (client) => {
      for (const text of pieces) client.send(next({ type: "text_delta", text } as const));
      await gate.promise;
      client.send(next({ type: "text_delta", text: rest } as const));
      client.send(next(createAiResponse(pieces.join("") + rest)));
    });
    await sendMessage(page, "Which?");
    const spoken = page.getByRole("log").locator("div");
    await page.locator(".markdown", { hasText: "first is 7" }).waitFor();
    expect((await spoken.allTextContents()).join(" ")).toBe("Orders There are two late ones.");
    gate.resolve();
    await waitForReply(page);
    expect((await spoken.allTextContents()).join(" ")).toBe(
      "Orders There are two late ones. The first is 7. id, total 7, 20 Ask Ada",
    );
  }, 60_000);
});
