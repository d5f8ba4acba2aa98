/** Tests the page against WCAG 2.2 AA, in its most frequent states. accessible-states.test.ts has the others. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { findProblems, findViolations } from "./axe.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { type DemoServer, startDemoServer } from "./real.ts";
import {
  createAiResponse,
  createFrameSequencer,
  createSessionFrame,
  type Script,
  startScriptedServer,
} from "./scripted.ts";

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

  const open = async (address: string) => {
    scripted.reset();
    const { page } = await browser.open();
    await openChat(page, address);
    return page;
  };

  test("the welcome, and the dialogs over the page", async () => {
    const page = await open(demo.address);
    const found: [string, readonly string[]][] = [["welcome", await findProblems(page)]];
    await page.keyboard.type("/");
    await page.getByRole("listbox").waitFor();
    found.push(["commands", await findProblems(page, ".composer")]);
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    found.push(["palette", await findProblems(page)]);
    await page.keyboard.press("Control+/");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    found.push(["shortcuts", await findProblems(page)]);
    await page.keyboard.press("Escape");
    await openChat(page, demo.address);
    await page.keyboard.type("/tools");
    await page.keyboard.press("Enter");
    await page.locator(".tool-row").first().click();
    await page.getByRole("form", { name: "Try it" }).waitFor();
    await page.getByRole("button", { name: "Show request" }).click();
    await page.locator(".tools-try [role=status] > *").first().waitFor();
    found.push(["tools", await findProblems(page)]);
    expect(found.filter(([, problems]) => problems.length > 0)).toEqual([]);
  }, 60_000);

  test("a reply, an approval and a failure", async () => {
    const found: [string, readonly string[]][] = [];
    for (const [name, script] of Object.entries(answers)) {
      const page = await open(scripted.address);
      scripted.setScript(script);
      await sendMessage(page, "Go");
      if (name === "reply") await waitForReply(page);
      await page
        .locator({ reply: ".markdown table", approval: ".approval", failure: ".failure" }[name] ?? "")
        .waitFor();
      found.push([name, await findProblems(page)]);
      await page.evaluate(() => sessionStorage.clear());
    }
    expect(found.filter(([, problems]) => problems.length > 0)).toEqual([]);
  }, 60_000);

  test("forced colours keep the focus, what is selected, buttons and badges visible", async () => {
    const page = await open(scripted.address);
    await page.emulateMedia({ forcedColors: "active" });
    scripted.setSessions([
      createSessionFrame("session-1", "Current"),
      createSessionFrame("b", "Other", { state: "waiting" }),
    ]);
    scripted.setScript(answers.reply ?? (() => {}));
    await sendMessage(page, "Go");
    await waitForReply(page);
    await page.locator("[aria-current=page]").waitFor();
    const styleOf = (selector: string, pseudo?: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element, pseudo) => {
          const { backgroundColor, color, outlineStyle, outlineWidth } = getComputedStyle(element, pseudo);
          return { backgroundColor, color, outline: `${outlineStyle} ${outlineWidth}` };
        }, pseudo);
    // The message field has the focus, which its box shows.
    expect((await styleOf(".composer")).outline).toBe("solid 2px");
    await page.keyboard.press("Tab");
    expect((await styleOf(":focus")).outline).toBe("solid 2px");

    const canvas = (await styleOf("body")).backgroundColor;
    const selected = await styleOf(".conversation-line:has([aria-current])");
    const other = await styleOf(".conversation-line:not(:has([aria-current]))");
    expect(selected.backgroundColor).not.toBe(other.backgroundColor);
    expect((await styleOf("[aria-current] .conversation-title")).color).not.toBe(selected.backgroundColor);
    expect((await styleOf(".conversation-state")).backgroundColor).not.toBe(canvas);
    expect((await styleOf(".connection", "::before")).backgroundColor).not.toBe(canvas);

    const pale = await page.locator("button:visible, a:visible").evaluateAll((controls) =>
      controls.flatMap((control) => {
        const { color } = getComputedStyle(control);
        let behind: Element | null = control;
        while (behind && getComputedStyle(behind).backgroundColor.endsWith(", 0)"))
          behind = behind.parentElement;
        const background = getComputedStyle(behind ?? document.body).backgroundColor;
        return color === background ? [control.outerHTML.slice(0, 120)] : [];
      }),
    );
    expect(pale).toEqual([]);

    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    const [command, others] = [
      await styleOf(".command[aria-selected=true]"),
      await styleOf(".command[aria-selected=false]"),
    ];
    expect(command.backgroundColor).not.toBe(others.backgroundColor);
    await page.emulateMedia({ forcedColors: "none" });
  }, 60_000);

  test("the first stop of the Tab key skips to the message field", async () => {
    const page = await open(demo.address);
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
    const page = await open(scripted.address);
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
    const page = await open(scripted.address);
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
