/** Diagrams in replies: drawn by Mermaid from text of a model, which must stay data. */
import { afterAll, beforeEach, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { createAiResponse, createFrameSequencer, startScriptedServer } from "./scripted.ts";

const fence = (code: string) => `\`\`\`mermaid\n${code}\n\`\`\``;

const FLOW = "graph TD; A[Order] -->|is late| B{Refund?}; B --> C[Write to the customer]";

describeInBrowser("a diagram in a reply", () => {
  const browser = useBrowser();
  const server = startScriptedServer();
  beforeEach(() => server.reset());
  afterAll(() => server.stop());

  async function showReply(page: Page, text: string): Promise<void> {
    const next = createFrameSequencer();
    server.setScript((client) => client.send(next(createAiResponse(text))));
    await openChat(page, server.address);
    await sendMessage(page, "Go");
    await waitForReply(page);
  }

  const picture = (page: Page) => page.locator(".diagram img");

  /** Returns the drawing that an image shows. */
  const readSvg = (page: Page, at = 0) =>
    picture(page)
      .nth(at)
      .evaluate((image) => decodeURIComponent((image as HTMLImageElement).src.replace(/^[^,]*,/, "")));

  /** Returns the words of a drawing. Each is an element of its own. */
  const readWords = async (page: Page, at = 0) =>
    (await readSvg(page, at)).replace(/<style>.*?<\/style>|<[^>]*>/gs, " ").replace(/\s+/g, " ");

  const loadedFiles = (page: Page) =>
    page.evaluate(() =>
      performance.getEntriesByType("resource").flatMap(({ name }) => (/diagram/.test(name) ? [name] : [])),
    );

  // The first test: the other ones find the files in the cache of the browser.
  test("is drawn once its code is complete; nothing that draws is loaded before", async () => {
    const next = createFrameSequencer();
    const { page, consoleErrors, externalRequests } = await browser.open();
    let end = () => {};
    server.setScript((client) => {
      client.send(next({ type: "text_delta", text: `Steps:\n\n${fence(FLOW).slice(0, -4)}` } as const));
      end = () => client.send(next(createAiResponse(`Steps:\n\n${fence(FLOW)}`)));
    });
    await openChat(page, server.address);
    await sendMessage(page, "Go");
    await page.locator(".code-block", { hasText: "is late" }).waitFor();
    expect(await loadedFiles(page)).toEqual([]);
    end();
    await picture(page).waitFor();
    const words = await readWords(page);
    for (const label of ["Order", "is late", "Refund?", "Write to the customer"])
      expect(words).toContain(label);
    expect(await picture(page).evaluate((image) => (image as HTMLImageElement).naturalWidth > 50)).toBe(true);
    expect({ consoleErrors, externalRequests }).toEqual({ consoleErrors: [], externalRequests: [] });
  }, 60_000);

  test("shows its code, copies it, and is saved as PNG and SVG", async () => {
    const { page, consoleErrors } = await browser.open();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await showReply(page, fence(FLOW));
    await picture(page).waitFor();
    await page.getByRole("button", { name: "Copy code" }).click();
    // The button says so for a moment only.
    await page.waitForFunction(
      async (code) => (await navigator.clipboard.readText().catch(() => "")) === code,
      FLOW,
    );
    const save = async (name: string) => {
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name }).click();
      return Bun.file(await (await download).path()).bytes();
    };
    expect(new TextDecoder().decode(await save("SVG"))).toBe(await readSvg(page));
    const png = await save("PNG");
    expect([...png.slice(1, 4)]).toEqual([..."PNG"].map((letter) => letter.charCodeAt(0)));
    expect(png.length).toBeGreaterThan(3_000);
    await page.getByRole("button", { name: "Show code" }).click();
    expect(await page.locator(".diagram pre").textContent()).toBe(FLOW);
    await page.getByRole("button", { name: "Show diagram" }).click();
    await picture(page).waitFor();
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("of each common kind is drawn; code that is none stays code, with a remark", async () => {
    const kinds = {
      sequenceDiagram: "sequenceDiagram\n  Ann->>Shop: Where is my order?\n  Shop-->>Ann: On its way",
      classDiagram: "classDiagram\n  Order <|-- LateOrder\n  Order : +int id",
      stateDiagram: "stateDiagram-v2\n  [*] --> Open\n  Open --> [*]",
      erDiagram: "erDiagram\n  CUSTOMER ||--o{ ORDER : places",
      gantt: "gantt\n  title Plan\n  dateFormat YYYY-MM-DD\n  section A\n  First :a1, 2026-01-01, 3d",
      pie: 'pie title Orders\n  "Late" : 3\n  "Paid" : 7',
      mindmap: "mindmap\n  root((Shop))\n    Orders\n    Customers",
      timeline: "timeline\n  title History\n  2024 : Founded\n  2025 : First order",
    };
    const broken = ["graph TD\n  A[Order --> B", "no diagram at all"];
    const { page, consoleErrors } = await browser.open();
    await showReply(page, [...Object.values(kinds), ...broken].map(fence).join("\n\n"));
    await page
      .locator(".diagram-note")
      .nth(broken.length - 1)
      .waitFor();
    await picture(page)
      .nth(Object.keys(kinds).length - 1)
      .waitFor();
    expect(await page.locator(".diagram-note").allInnerTexts()).toEqual(
      broken.map(() => "This diagram cannot be drawn. Its code is shown instead."),
    );
    expect(await page.locator(".code-block pre").allTextContents()).toEqual(broken);
    const words = ["On its way", "LateOrder", "Open", "places", "First", "Late", "Customers", "Founded"];
    for (const [at, word] of words.entries()) expect(await readWords(page, at)).toContain(word);
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("follows the theme, and is printed", async () => {
    const { page } = await browser.open();
    await showReply(page, fence(FLOW));
    await picture(page).waitFor();
    const light = await picture(page).getAttribute("src");
    await page.getByRole("button", { name: /dark/i }).first().click();
    await page.waitForFunction(
      (before) => document.querySelector(".diagram img")?.getAttribute("src") !== before,
      light,
    );
    expect(await readSvg(page)).toContain("#e9e9e7");
    await page.emulateMedia({ media: "print" });
    expect(await picture(page).isVisible()).toBe(true);
    expect(await page.locator(".diagram button").first().isVisible()).toBe(false);
    await page.emulateMedia({ media: "screen" });
  }, 60_000);

  test("cannot run, load, link or change how safely it is drawn", async () => {
    const evil = "http://evil.example";
    const texts = [
      `graph TD\n  A["<img src=${evil} onerror=alert(1)> <b>bold</b> <script>alert(1)</script>"]`,
      `graph TD\n  A[Link]\n  click A href "${evil}/click" _blank\n  B[Run]\n  click B call alert(1)`,
      `graph TD\n  A[Script]\n  click A "javascript:alert(1)"`,
      `%%{init: {"securityLevel": "loose", "htmlLabels": true, "flowchart": {"htmlLabels": true}, "themeCSS": "@import '${evil}/css'; * { background: url(${evil}/bg) }"}}%%\ngraph TD\n  A["<iframe src=${evil}>frame</iframe>"]`,
      `---\nconfig:\n  securityLevel: loose\n  htmlLabels: true\n  themeVariables:\n    primaryColor: "url(${evil}/p)"\n---\ngraph TD\n  A["<a href=${evil}>link</a>"]`,
      `graph TD\n  A[Styled]\n  style A fill:url(${evil}/fill),background:url(${evil}/b)\n  classDef c fill:url(${evil}/c)\n  class A c`,
      `sequenceDiagram\n  participant A as <img src=${evil}>\n  link A: Board @ ${evil}/board\n  A->>A: <svg onload=alert(1)>`,
      `graph TD\n  A@{ img: "${evil}/a.png", label: "Picture" }`,
      `classDiagram\n  class A["<foreignObject><img src=${evil}></foreignObject>"]\n  link A "${evil}/class"`,
    ];
    const { page, consoleErrors, externalRequests } = await browser.open();
    let dialogs = 0;
    page.on("dialog", (dialog) => {
      dialogs += 1;
      void dialog.dismiss();
    });
    await showReply(page, texts.map(fence).join("\n\n"));
    await page.waitForFunction(
      (count) => document.querySelectorAll(".diagram img, .diagram-note").length === count,
      texts.length,
    );
    const drawn = await picture(page).count();
    // One is no Mermaid, and one needs a picture of another host.
    expect(drawn).toBe(texts.length - 2);
    for (let at = 0; at < drawn; at++) {
      const svg = await readSvg(page, at);
      const elements = [...svg.matchAll(/<([\w:]+)/g)].map(([, name]) => name ?? "");
      expect(
        elements.filter((name) => /^(?:a|script|foreignObject|image|iframe|img|animate|set)$/i.test(name)),
      ).toEqual([]);
      expect(svg).not.toMatch(
        /<[^>]*\s(?:on\w+|(?:xlink:)?href)="(?!#)|javascript:(?=[^<]*")|@import|url\((?!["']?#)/,
      );
      expect(/(?:href|src)="[^"#]*evil/.test(svg)).toBe(false);
    }
    const frame = page.frames().find((one) => one.url().includes("diagrams/frame.html"));
    expect(await frame?.evaluate(() => document.body.childElementCount)).toBe(0);
    expect({ externalRequests, dialogs, url: new URL(page.url()).pathname }).toEqual({
      externalRequests: [],
      dialogs: 0,
      url: "/bedrock-chat/ui",
    });
    // The policy has stopped what Mermaid itself would load.
    expect(consoleErrors.filter((text) => !text.includes("Content Security Policy"))).toEqual([]);
  }, 60_000);

  test("shows its code where the frame cannot be loaded", async () => {
    const { page } = await browser.open();
    await page.route("**/diagrams/**", (route) => route.abort());
    await showReply(page, fence(FLOW));
    await page.locator(".diagram-note").waitFor();
    expect(await readVisibleText(page.locator(".code-block pre"))).toBe(FLOW);
    await page.unroute("**/diagrams/**");
  }, 60_000);
});
