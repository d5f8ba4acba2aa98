import { afterAll, beforeEach, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { findLowContrastText } from "./contrast.ts";
import { createAiResponse, createFrameSequencer, startScriptedServer } from "./scripted.ts";

describeInBrowser("Markdown of a reply", () => {
  const browser = useBrowser();
  const server = startScriptedServer();
  beforeEach(() => server.reset());
  afterAll(() => server.stop());

  /** Opens the page and shows a reply. */
  async function showReply(page: Page, text: string): Promise<void> {
    const next = createFrameSequencer();
    server.setScript((client) => client.send(next(createAiResponse(text))));
    await openChat(page, server.address);
    await sendMessage(page, "Go");
    await waitForReply(page);
  }

  // The first test: Chromium also loads a font that it still has from an earlier page.
  test("the first load has no highlighter and no font for code", async () => {
    const { page } = await browser.open();
    await openChat(page, server.address);
    await page.waitForLoadState("networkidle");
    const loaded = await page.evaluate(() =>
      performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname),
    );
    const names = loaded.map((path) => path.replace(/^.*\/|-.*/g, ""));
    expect(new Set(names)).toEqual(new Set(["main", "streamed", "inter", "sessions", "spoken"]));
  });

  test("streams without raw syntax, and keeps the elements that have ended", async () => {
    const next = createFrameSequencer();
    const text =
      "Some **bold text**.\n\n| a | b |\n| - | - |\n| 1 | `2` |\n| 3 | 4 |\n\n- one\n- two\n\n```js\nlet a;\n```";
    const { page, consoleErrors } = await browser.open();
    let send = () => {};
    server.setScript((client) => {
      let end = 0;
      send = () => {
        const delta = text.slice(end, end + 1);
        end += 1;
        client.send(
          next(delta === "" ? createAiResponse(text) : ({ type: "text_delta", text: delta } as const)),
        );
      };
      send();
    });
    await openChat(page, server.address);
    await sendMessage(page, "Go");
    await page.locator(".markdown p").waitFor();
    await page.evaluate(() => {
      const root = document.querySelector(".markdown");
      if (root === null) throw new Error("no reply");
      const first = root.firstElementChild;
      const state = { raw: [] as string[], isKept: true };
      Object.assign(window, { state });
      new MutationObserver(() => {
        state.isKept &&= root.firstElementChild === first;
        const copy = root.cloneNode(true) as HTMLElement;
        for (const code of copy.querySelectorAll("pre")) code.remove();
        if (/[*`|]|--/.test(copy.textContent)) state.raw.push(copy.textContent);
      }).observe(root, { childList: true, subtree: true, characterData: true });
    });
    for (let index = 0; index <= text.length; index++) {
      send();
      if (index % 4 === 0) await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    await waitForReply(page);
    expect(await page.evaluate(() => (window as unknown as { state: unknown }).state)).toEqual({
      raw: [],
      isKept: true,
    });
    expect(await page.locator(".markdown td").allInnerTexts()).toEqual(["1", "2", "3", "4"]);
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("sorts a table, copies it and saves it as CSV", async () => {
    const { page, consoleErrors } = await browser.open();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await showReply(
      page,
      "| Name | Total |\n| - | - |\n| Bob | $1,200.50 |\n| *Ann* | $9 |\n| =cmd | -3.5 |\n| Zoë, Jr. | - |",
    );
    const names = () => page.locator("tbody td:first-child").allInnerTexts();
    const total = page.getByRole("button", { name: "Total" });
    await total.click();
    expect(await names()).toEqual(["=cmd", "Ann", "Bob", "Zoë, Jr."]);
    expect(await page.locator("th").nth(1).getAttribute("aria-sort")).toBe("ascending");
    await total.click();
    expect(await names()).toEqual(["Bob", "Ann", "=cmd", "Zoë, Jr."]);
    await page.getByRole("button", { name: "Copy table" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      "Name\tTotal\nBob\t$1,200.50\nAnn\t$9\n'=cmd\t-3.5\nZoë, Jr.\t-",
    );
    await total.click();
    expect(await names()).toEqual(["Bob", "Ann", "=cmd", "Zoë, Jr."]);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download CSV" }).click();
    expect(
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(
        await Bun.file(await (await download).path()).bytes(),
      ),
    ).toBe('\ufeffName,Total\r\nBob,"$1,200.50"\r\nAnn,$9\r\n\'=cmd,-3.5\r\n"Zoë, Jr.",-\r\n');
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("a wide and long table keeps its head in view and shows where columns are hidden", async () => {
    const { page } = await browser.open({ viewport: { width: 360, height: 700 } });
    const row = (cells: readonly (number | string)[]) => `| ${cells.join(" | ")} |\n`;
    const rows = Array.from({ length: 60 }, (_, index) =>
      row([index, "A name of two", "2026-11-02", index * 3, "Deutsche Post"]),
    );
    await showReply(
      page,
      `${row(["Id", "Name", "Due", "Total", "Carrier"])}${row(Array(5).fill("-"))}${rows.join("")}`,
    );
    const scroller = page.locator(".table-scroll");
    const hidden = () => scroller.getAttribute("data-hidden");
    expect(await hidden()).toBe("end");
    expect(await scroller.evaluate((box) => box.scrollHeight > box.clientHeight)).toBe(true);
    await scroller.evaluate((box) => box.scrollTo(40, 900));
    await page.waitForFunction(
      () => document.querySelector(".table-scroll")?.getAttribute("data-hidden") === "start end",
    );
    const distance = await scroller.evaluate(
      (box) => (box.querySelector("th")?.getBoundingClientRect().top ?? 0) - box.getBoundingClientRect().top,
    );
    expect(Math.abs(distance)).toBeLessThan(2);
    expect(
      await page
        .locator("tbody tr")
        .first()
        .locator("td")
        .evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell).textAlign)),
    ).toEqual(["right", "start", "start", "right", "start"]);
    expect(
      await page
        .locator("td", { hasText: "Deutsche Post" })
        .first()
        .evaluate((cell) => cell.getClientRects().length),
    ).toBe(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  }, 60_000);

  for (const colorScheme of ["light", "dark"] as const) {
    test(`loads colours with the first code block, and their contrast is enough: ${colorScheme}`, async () => {
      const code = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\`\n\n`;
      const text = [
        code("ts", "// A comment\nconst a: number = f(`b`, /x/, null);\nclass A extends B {}"),
        code("json", '{ "id": 9007199254740993, "late": true }'),
        code("html", '<p class="x">&amp; <!-- c --></p>'),
        code("diff", "- old\n+ new\n@@ 1 @@"),
        code("yaml", "key: [1, 'two'] # c"),
        code("unknown", "as <it> is"),
      ].join("");
      const { page, consoleErrors } = await browser.open({ colorScheme });
      await showReply(page, text);
      await page.locator(".code-keyword", { hasText: "const" }).waitFor();
      expect(await page.locator(".code-block header").allInnerTexts()).toEqual([
        "ts",
        "json",
        "html",
        "diff",
        "yaml",
        "unknown",
      ]);
      expect(await page.locator(".code-block pre").first().textContent()).toBe(
        "// A comment\nconst a: number = f(`b`, /x/, null);\nclass A extends B {}",
      );
      expect(await page.locator(".code-block").last().locator("code span").count()).toBe(0);
      expect(await findLowContrastText(page)).toEqual([]);
      expect(consoleErrors).toEqual([]);
    }, 60_000);
  }

  test("shows footnotes, details, keys and both directions of text", async () => {
    const { page, consoleErrors } = await browser.open();
    await showReply(
      page,
      "A fact[^1] with <kbd>Ctrl</kbd>.\n\n<details>\n<summary>More</summary>\n\n**Inside**\n\n</details>\n\nمرحبا بالعالم\n\n[^1]: The note.",
    );
    const inside = page.locator("details strong");
    expect(await inside.isVisible()).toBe(false);
    await page.locator("summary", { hasText: "More" }).click();
    expect(await inside.isVisible()).toBe(true);
    expect(
      await page.locator("p", { hasText: "مرحبا" }).evaluate((text) => getComputedStyle(text).direction),
    ).toBe("rtl");
    const url = page.url();
    await page.getByRole("link", { name: "Footnote 1" }).click();
    expect(await readVisibleText(page.locator(".footnotes li:focus"))).toBe("The note.");
    expect(page.url()).toBe(url);
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("renders formulas as MathML, and shows TeX that cannot be read", async () => {
    const { page, consoleErrors } = await browser.open();
    await showReply(
      page,
      "Area \\(a = \\pi r^2\\), costs $5 and $6.\n\n$$\n\\frac{a}{b}\n$$\n\nBroken \\(\\frac{a\\).",
    );
    await page.locator(".formula-display math mfrac").waitFor();
    expect(await page.locator("math").count()).toBe(2);
    expect(await page.locator(".markdown code").allInnerTexts()).toEqual(["\\frac{a"]);
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("what a model writes loads nothing, runs nothing, and becomes no other element", async () => {
    const evil = "http://evil.example";
    const text = [
      `<details ontoggle="alert(1)" open><summary>a</summary>`,
      `<details>\n<summary><img src=${evil} onerror=alert(1)> <script>alert(1)</script></summary>\n\n<iframe src="${evil}"></iframe>\n\n</details>`,
      `<kbd onclick=alert(1)>k</kbd> <sub style="position:fixed">s</sub> <br onload=alert(1)>`,
      `[a](javascript:alert(1)) [b](data:text/html,x) [c] ![d](${evil}/d.png) [^1] <${evil}/auto> [vbscript](vbscript:x)`,
      `| ![e](${evil}/e.png) | <svg onload=alert(1)> |\n| - | - |\n| [f](JaVaScRiPt:alert(1)) | <style>*{display:none}</style> |`,
      `\\(\\href{javascript:alert(1)}{x_1}\\) \\(\\includegraphics{${evil}/g.png}_1\\) \\(\\htmlStyle{position:fixed}{x_1}\\) \\(\\url{${evil}}_1\\)`,
      `\`\`\`html onclick=alert(1)\n<img src=${evil} onerror=alert(1)>\n\`\`\``,
      `[c]: javascript:alert(1)`,
      `[^1]: <img src=${evil} onerror=alert(1)> ![h](${evil}/h.png)`,
    ].join("\n\n");
    const next = createFrameSequencer();
    server.setScript((client) => {
      for (const delta of text.match(/[\s\S]{1,7}/g) ?? [])
        client.send(next({ type: "text_delta", text: delta } as const));
      client.send(next(createAiResponse(text)));
    });
    const { page, consoleErrors, externalRequests } = await browser.open();
    let dialogs = 0;
    page.on("dialog", (dialog) => {
      dialogs += 1;
      void dialog.dismiss();
    });
    await openChat(page, server.address);
    await sendMessage(page, "Go");
    await waitForReply(page);
    await page.locator(".code-tag").first().waitFor();
    await page.locator(".footnotes").waitFor();
    const elements = await page
      .locator(".markdown *")
      .evaluateAll((all) => all.map(({ localName }) => localName));
    const allowed =
      "a annotation br button code details div footer header kbd li math mi mn mrow msub mstyle mtext ol p path pre rect section semantics span strong sub summary sup svg table tbody td th thead tr";
    expect([...new Set(elements)].filter((name) => !allowed.split(" ").includes(name))).toEqual([]);
    expect(await page.locator(".markdown svg:not(.icon)").count()).toBe(0);
    const attributes = await page
      .locator(".markdown *")
      .evaluateAll((all) =>
        all.flatMap((element) => element.getAttributeNames().filter((name) => /^(on|style|src)/.test(name))),
      );
    expect(attributes).toEqual([]);
    const links = await page
      .locator(".markdown a")
      .evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
    expect(links.filter((href) => !/^#|^http:\/\/evil\.example\//.test(href))).toEqual([]);
    expect({ consoleErrors, externalRequests, dialogs }).toEqual({
      consoleErrors: [],
      externalRequests: [],
      dialogs: 0,
    });
  }, 60_000);
});
