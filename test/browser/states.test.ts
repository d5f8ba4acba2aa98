import { afterAll, beforeEach, expect, test } from "bun:test";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { findLowContrastText } from "./contrast.ts";
import { createAiResponse, createFrameSequencer, startScriptedServer } from "./scripted.ts";

describeInBrowser("the page", () => {
  const browser = useBrowser();
  const server = startScriptedServer();
  beforeEach(() => server.reset());
  afterAll(() => server.stop());

  test("shows a note for an empty reply", async () => {
    const next = createFrameSequencer();
    server.setScript((client) => client.send(next(createAiResponse(""))));
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Are you there?");
    await page.locator(".reply-note", { hasText: "The model returned an empty reply." }).waitFor();
  });

  test("streams text before the reply ends, and groups parallel calls", async () => {
    const next = createFrameSequencer();
    let finish = () => {};
    server.setScript((client) => {
      client.send(next({ type: "typing", message: "…" } as const));
      client.send(next({ type: "reasoning_delta", text: "Two calls at once." } as const));
      for (const id of ["a", "b"])
        client.send(
          next({
            type: "tool_call",
            tool_call_id: id,
            name: "getOrder",
            arguments: { order_id: id },
            method: "GET",
            path: "/orders/{order_id}",
          } as const),
        );
      client.send(
        next({
          type: "tool_result",
          tool_call_id: "b",
          name: "getOrder",
          status: "failed",
          http_status: 404,
          duration_ms: 3,
          result: 'HTTP 404 Not Found: no such order\n\n{"id":9007199254740993}',
        } as const),
      );
      client.send(next({ type: "text_delta", text: "One of **two**" } as const));
      finish = () => client.send(next(createAiResponse("One of **two**")));
    });
    const { page, consoleErrors } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Orders a and b?");
    await page.locator(".markdown strong", { hasText: "two" }).waitFor();
    const cards = page.locator(".calls > .call");
    expect(await cards.allInnerTexts()).toEqual([
      expect.stringMatching(/^Get order\s*order_id: a/),
      expect.stringMatching(/^Get order\s*order_id: b\s+404 · 3 ms/),
    ]);
    expect(await cards.first().getByRole("img", { name: "Running" }).count()).toBe(1);
    await cards.nth(1).locator("summary").click();
    const result = cards.nth(1).getByRole("region", { name: "Result" });
    expect(await readVisibleText(result)).toContain("HTTP 404 Not Found: no such order");
    expect(await readVisibleText(result.locator(".result-tree"))).toMatch(/id\s+9007199254740993$/);
    expect(await page.getByRole("button", { name: "Stop" }).count()).toBe(1);
    finish();
    await waitForReply(page);
    expect(await page.getByRole("button", { name: "Stop" }).count()).toBe(0);
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("stops a turn with the button or Escape, keeps its text, and continues", async () => {
    const next = createFrameSequencer();
    server.setScript((client, frame) => {
      if (frame.type === "message") client.send(next({ type: "text_delta", text: "So far" } as const));
      if (frame.type === "stop") client.send(next(createAiResponse("So far", { stop_reason: "stopped" })));
    });
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "one");
    await page.getByText("So far").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    expect(await waitForReply(page)).toMatch(/^So far\s+Stopped\./);
    await sendMessage(page, "two");
    await page.locator(".entry-reply").nth(1).getByText("So far").waitFor();
    await page.getByLabel("Message", { exact: true }).press("Escape");
    expect(await waitForReply(page)).toMatch(/^So far\s+Stopped\./);
    expect(server.received.map(({ type }) => type)).toEqual(["message", "stop", "message", "stop"]);
  }, 60_000);

  test("shows the latest reason for a delay, and shows lasting notices without an alert", async () => {
    const next = createFrameSequencer();
    let finish = () => {};
    server.setScript((client) => {
      const notice = (code: string, message: string) => client.send({ type: "notice", code, message });
      client.send(next({ type: "typing", message: "…" } as const));
      notice("fallback_model", "Another model answers.");
      notice("queued", "Third in line.");
      notice("queued", "Second in line.");
      notice("retrying", "Trying again.");
      notice("spec_reloaded", "There are 15 tools now.");
      finish = () => client.send(next(createAiResponse("Here.")));
    });
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Well?");
    await page.getByText("There are 15 tools now.").waitFor();
    const entry = page.locator(".entry-reply");
    expect(await entry.locator(".notice").allInnerTexts()).toEqual(["Another model answers."]);
    expect(await entry.locator(".progress").allInnerTexts()).toEqual(["Trying again."]);
    expect(await entry.locator(".progress i").count()).toBe(3);
    expect(await page.getByRole("alert").count()).toBe(0);
    finish();
    await waitForReply(page);
    expect(await entry.locator(".progress").count()).toBe(0);
    await page.getByRole("button", { name: "Dismiss" }).click();
    expect(await page.locator(".banner").count()).toBe(0);
  }, 60_000);

  test("does not link to files on other hosts", async () => {
    const next = createFrameSequencer();
    server.setScript((client) => {
      const call = { tool_call_id: "a", name: "tool" };
      const file = { id: "f", name: "<b>x</b>.pdf", media_type: "application/pdf", size: 1_234_567 };
      client.send(next({ type: "tool_call", ...call, arguments: {} } as const));
      for (const url of ["javascript:alert(1)", "//evil.example/x"])
        client.send(
          next({
            type: "tool_result",
            ...call,
            status: "ok",
            duration_ms: 1,
            result: "",
            file: { ...file, url },
          } as const),
        );
      client.send(next(createAiResponse("Here.")));
    });
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Well?");
    await waitForReply(page);
    const file = page.locator(".files .file");
    expect(await readVisibleText(file)).toMatch(/^<b>x<\/b>\.pdf\s*application\/pdf\s*1\.2 MB$/);
    expect(await file.getAttribute("href")).toBeNull();
  }, 60_000);

  test("returns a message to the composer if it would fail again", async () => {
    server.setScript((client) =>
      client.send({ type: "error", code: "message_too_long", message: "Too long.", retryable: false }),
    );
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "A long text");
    await page.getByRole("button", { name: "Edit message" }).click();
    await page.locator(".welcome").waitFor();
    expect(await page.getByLabel("Message", { exact: true }).inputValue()).toBe("A long text");
    expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe("Message");
  }, 60_000);

  test("lets the user choose one of the server's models", async () => {
    server.reset({ model: "small", models: ["small", "large"] });
    const next = createFrameSequencer();
    server.setScript((client) => client.send(next(createAiResponse("Yes."))));
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "one");
    await waitForReply(page);
    await page.getByLabel("Model").selectOption("large");
    await sendMessage(page, "two");
    await page.locator(".entry-reply").nth(1).waitFor();
    await waitForReply(page);
    expect(server.received).toEqual([
      { type: "message", message: "one" },
      { type: "message", message: "two", model: "large" },
    ]);
  }, 60_000);

  test("reconnects after a lost connection, and sends the messages that were queued meanwhile", async () => {
    const next = createFrameSequencer();
    let isUnavailable = true;
    let breaks = 0;
    server.setScript((client, frame) => {
      if (frame.type === "resume") {
        if (isUnavailable) return client.drop();
        return client.send({ type: "error", code: "session_not_found", message: "gone", retryable: false });
      }
      if (frame.message === "break") {
        breaks += 1;
        client.send(next({ type: "text_delta", text: "Half an" } as const));
        return client.drop();
      }
      client.send({ ...createAiResponse(`Answer to ${frame.message}`), seq: 1, turn_id: "turn-2" });
    });
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "break");
    await page.getByText("Reconnecting…").waitFor();
    await sendMessage(page, "later");
    await page.getByRole("region", { name: "Queued messages" }).getByText("later", { exact: true }).waitFor();
    isUnavailable = false;
    await page.getByText("Answer to later").last().waitFor();
    expect(await page.locator(".connection-open").count()).toBe(1);
    expect(await page.getByText("The connection was lost before the reply was complete.").count()).toBe(1);
    expect(await page.getByText("no longer remembers the messages above").count()).toBeGreaterThan(0);
    expect(breaks).toBe(1);
  }, 60_000);

  test("keeps the draft and the queued messages after a reload", async () => {
    server.setScript((client, frame) =>
      client.send(
        frame.type === "resume"
          ? { type: "error", code: "session_not_found", message: "gone", retryable: false }
          : { type: "typing", message: "…", seq: 1, turn_id: "turn-1" },
      ),
    );
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "runs");
    await sendMessage(page, "waits");
    await page.getByRole("region", { name: "Queued messages" }).waitFor();
    await page.getByLabel("Message", { exact: true }).fill("half a thou");
    await page.reload();
    await page.locator(".entry-user", { hasText: "waits" }).waitFor();
    expect(await page.getByLabel("Message", { exact: true }).inputValue()).toBe("half a thou");
  }, 60_000);

  test("attaches chosen, pasted and dropped files, removes them, sends them, and rejects files over the limit", async () => {
    const next = createFrameSequencer();
    server.setScript((client) => client.send(next(createAiResponse("Seen."))));
    const { page, consoleErrors } = await browser.open();
    await openChat(page, server.address);
    const file = (name: string, text: string) => ({
      name,
      mimeType: "text/plain",
      buffer: Buffer.from(text),
    });
    const choose = (...files: ReturnType<typeof file>[]) =>
      page.locator("input[type=file]").setInputFiles(files);
    const chips = page.locator(".composer").getByRole("list", { name: "Attached files" });
    const send = page.getByRole("button", { name: "Send" });

    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Attach files" }).click();
    await (await chooser).setFiles([file("a.txt", "Grüße"), file("b.txt", "b".repeat(1234))]);
    await chips.getByText("b.txt").waitFor();
    expect(await chips.getByRole("listitem").allInnerTexts()).toEqual([
      expect.stringMatching(/^a\.txt\s+7 B$/),
      expect.stringMatching(/^b\.txt\s+1\.2 kB$/),
    ]);
    expect(await send.isDisabled()).toBe(true);

    const full = file("full.txt", "x".repeat(10_000_000));
    await choose(full);
    const problem = "1 file not attached: a message can have at most 10 files and 10 MB in total.";
    await page.getByRole("alert").filter({ hasText: problem }).waitFor();
    expect(await chips.getByRole("listitem").count()).toBe(2);
    await page.getByRole("button", { name: "Remove b.txt" }).click();
    expect(await page.getByRole("alert").count()).toBe(0);

    for (const type of ["paste", "drop"])
      await page.getByLabel("Message", { exact: true }).evaluate((box, type) => {
        const data = new DataTransfer();
        data.items.add(new File([type], `${type}.bin`));
        const how = { bubbles: true, cancelable: true };
        box.dispatchEvent(
          type === "paste"
            ? new ClipboardEvent(type, { ...how, clipboardData: data })
            : new DragEvent(type, { ...how, dataTransfer: data }),
        );
      }, type);
    await chips.getByText("drop.bin").waitFor();
    await choose(file("empty.txt", ""));
    await page.getByRole("alert").filter({ hasText: "empty or unreadable: “empty.txt”" }).waitFor();

    await sendMessage(page, "Please look.");
    await waitForReply(page);
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    expect(server.received).toEqual([
      {
        type: "message",
        message: "Please look.",
        attachments: [
          { name: "a.txt", media_type: "text/plain", data: base64("Grüße") },
          { name: "paste.bin", media_type: "application/octet-stream", data: base64("paste") },
          { name: "drop.bin", media_type: "application/octet-stream", data: base64("drop") },
        ],
      },
    ]);
    const userMessage = page.locator(".entry-user");
    expect(await userMessage.locator(".file-name").allInnerTexts()).toEqual([
      "a.txt",
      "paste.bin",
      "drop.bin",
    ]);
    expect(await userMessage.locator("article").getByRole("button").count()).toBe(0);
    expect([await chips.count(), await page.getByRole("alert").count()]).toEqual([0, 0]);
    await sendMessage(page, "And without?");
    await page.locator(".entry-user").nth(1).waitFor();
    await page.waitForFunction(() => document.querySelectorAll("article[aria-busy=false]").length === 2);
    expect(server.received[1]).toEqual({ type: "message", message: "And without?" });
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("shows a thumbnail of an attached image in the composer and in the message", async () => {
    const next = createFrameSequencer();
    server.setScript((client) => client.send(next(createAiResponse("Seen."))));
    const { page, consoleErrors } = await browser.open();
    await openChat(page, server.address);
    const pixel =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    const buffer = Buffer.from(pixel, "base64");
    await page
      .locator("input[type=file]")
      .setInputFiles([{ name: "dot.png", mimeType: "image/png", buffer }]);
    const width = (place: string) =>
      page.locator(`${place} .thumbnail`).evaluate(async (image: HTMLImageElement) => {
        await image.decode();
        return image.naturalWidth;
      });
    expect(await width(".composer")).toBe(1);
    await sendMessage(page, "What is this?");
    expect(await width(".entry-user")).toBe(1);
    expect(await page.locator(".thumbnail").count()).toBe(1);
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("returns a queued message with files to the composer after a reload, because the files are lost", async () => {
    server.setScript((client, frame) =>
      client.send(
        frame.type === "resume"
          ? { type: "error", code: "session_not_found", message: "gone", retryable: false }
          : { type: "typing", message: "…", seq: 1, turn_id: "turn-1" },
      ),
    );
    const { page } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "runs");
    const note = { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("note") };
    await page.locator("input[type=file]").setInputFiles([note]);
    await page.locator(".composer .attachment").waitFor();
    await sendMessage(page, "with a file");
    await page.getByRole("region", { name: "Queued messages" }).getByText("1 file").waitFor();
    await page.reload();
    await page.locator(".connection-open").waitFor();
    expect(await page.getByLabel("Message", { exact: true }).inputValue()).toBe("with a file");
    expect(await page.locator(".composer .attachment").count()).toBe(0);
    expect(await page.locator(".entry-user, .queue").count()).toBe(0);
    expect(server.received.map(({ type }) => type)).toEqual(["message", "resume"]);
  }, 60_000);

  test("shows texts from models and APIs as text, without elements, requests or console errors", async () => {
    server.reset({
      model: "<img src=http://evil.example/model>",
      notice: "<b>notice</b>",
      examples: ["<img src=http://evil.example/example onerror=alert(1)>"],
    });
    const next = createFrameSequencer();
    const evil = '<img src="http://evil.example/x.png" onerror="alert(1)"><script>alert(1)</script>';
    server.setScript((client) => {
      client.send(next({ type: "reasoning_delta", text: evil } as const));
      client.send({ type: "notice", code: "retrying", message: evil });
      client.send(
        next({
          type: "tool_call",
          tool_call_id: "a",
          name: evil,
          arguments: { [evil]: evil },
          method: "<b>",
          path: `/${evil}`,
        } as const),
      );
      client.send(
        next({
          type: "tool_result",
          tool_call_id: "a",
          name: evil,
          status: "ok",
          duration_ms: 1,
          result: `HTTP 200 OK\nLink: ${evil}\n\n${evil}`,
        } as const),
      );
      const text = `${evil}\n\n![picture](http://evil.example/y.png) [go](javascript:alert(1))\n\n<iframe src="http://evil.example"></iframe>\n\n| <u>a</u> |\n| - |\n| ${evil} |\n\n\`\`\`html\n${evil}\n\`\`\``;
      client.send(next({ type: "text_delta", text } as const));
      client.send(next(createAiResponse(text, { model: evil })));
    });
    const { page, consoleErrors, externalRequests } = await browser.open();
    let dialogs = 0;
    page.on("dialog", (dialog) => {
      dialogs += 1;
      void dialog.dismiss();
    });
    await openChat(page, server.address);
    const countElements = () =>
      page.locator("#root :is(img, script, iframe, b, u, object, embed, link, style, base)").count();
    expect(await countElements()).toBe(0);
    await sendMessage(page, evil);
    await waitForReply(page);
    await page.locator(".call > summary").click();
    await page.locator(".reasoning summary").click();
    await page.getByRole("region", { name: "Result" }).waitFor();
    expect(await countElements()).toBe(0);
    expect(
      await page.locator("#root a").evaluateAll((links) => links.map((link) => link.getAttribute("href"))),
    ).toEqual([`${new URL(server.address).origin}/bedrock-chat/docs`, "http://evil.example/y.png"]);
    expect(await readVisibleText(page.locator(".entry-user"))).toBe(evil);
    expect({ consoleErrors, externalRequests, dialogs }).toEqual({
      consoleErrors: [],
      externalRequests: [],
      dialogs: 0,
    });
  }, 60_000);

  test("renders deeply nested text without blocking or errors", async () => {
    const next = createFrameSequencer();
    const deep = `${">".repeat(20_000)}deep\n\n${"- ".repeat(10_000)}deep`;
    const nested = `${"[".repeat(3_000)}${"]".repeat(3_000)}`;
    server.setScript((client) => {
      const call = { tool_call_id: "a", name: "tool" };
      client.send(next({ type: "tool_call", ...call, arguments: { nested: JSON.parse(nested) } } as const));
      client.send(
        next({ type: "tool_result", ...call, status: "ok", duration_ms: 1, result: nested } as const),
      );
      client.send(next({ type: "text_delta", text: deep } as const));
      client.send(next(createAiResponse(deep)));
    });
    const { page, consoleErrors } = await browser.open();
    await openChat(page, server.address);
    await sendMessage(page, "Well?");
    await waitForReply(page);
    await page.locator(".call > summary").click();
    await page.getByRole("region", { name: "Result" }).waitFor();
    expect(await page.locator(".markdown .plain").count()).toBe(2);
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("follows the system's theme until the user chooses one", async () => {
    const { page } = await browser.open({ colorScheme: "dark" });
    await openChat(page, server.address);
    const readBackground = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await readBackground();
    await page.getByRole("button", { name: "Switch to light theme" }).click();
    await page.getByRole("button", { name: "Switch to dark theme" }).waitFor();
    const light = await readBackground();
    expect(light).not.toBe(dark);
    await page.reload();
    await page.locator(".connection-open").waitFor();
    expect(await readBackground()).toBe(light);
  }, 60_000);

  for (const colorScheme of ["light", "dark"] as const) {
    test(`has enough contrast in every text: ${colorScheme}`, async () => {
      server.reset({ notice: "A notice.", examples: ["An example"] });
      const next = createFrameSequencer();
      server.setScript((client, frame) => {
        client.send({ type: "notice", code: "retrying", message: "A notice of the turn." });
        ["GET", "POST", "PATCH", "DELETE"].forEach((method, index) => {
          const call = { tool_call_id: method, name: "tool" };
          client.send(
            next({ type: "tool_call", ...call, arguments: { limit: 3 }, method, path: "/orders" } as const),
          );
          client.send(
            next({
              type: "tool_result",
              ...call,
              status: index % 2 === 0 ? "ok" : "failed",
              http_status: 200 + index * 100,
              duration_ms: 4,
              result: 'HTTP 200 OK\n\n{"a":"text","b":[1,true,null]}',
            } as const),
          );
        });
        const text = "A [link](https://example.com), `code`.\n\n> quote\n\n| a | b |\n| - | - |\n| 1 | 2 |\n";
        client.send(next({ type: "text_delta", text } as const));
        if (frame.message === "fail")
          client.send(next({ type: "error", code: "throttled", message: "No.", retryable: true } as const));
        else client.send(next(createAiResponse(text, { stop_reason: "max_tokens" })));
      });
      const { page } = await browser.open({ colorScheme });
      await openChat(page, server.address);
      expect(await findLowContrastText(page)).toEqual([]);
      for (const text of ["one", "fail"]) {
        await sendMessage(page, text);
        await page.locator(".entry-user", { hasText: text }).waitFor();
        await waitForReply(page);
      }
      for (const card of await page.locator(".call > summary").all()) await card.click();
      expect(await findLowContrastText(page)).toEqual([]);
    }, 60_000);
  }

  test("needs no horizontal scrolling on a phone 360 pixels wide, whatever the content", async () => {
    const long = "x".repeat(300);
    server.reset({ model: long, notice: long, examples: [long] });
    const next = createFrameSequencer();
    server.setScript((client) => {
      client.send(
        next({
          type: "tool_call",
          tool_call_id: "a",
          name: long,
          arguments: { [long]: long },
          method: "DELETE",
          path: `/${long}`,
        } as const),
      );
      const cells = "| a | b | c | d | e | f |\n| - | - | - | - | - | - |\n";
      const row = `| ${Array(6).fill("a long cell of a table").join(" | ")} |\n`;
      const text = `${long}\n\n\`${long}\`\n\n\`\`\`\n${long}\n\`\`\`\n\n${cells}${row}`;
      client.send(next(createAiResponse(text)));
    });
    const { page } = await browser.open({ viewport: { width: 360, height: 640 } });
    await openChat(page, server.address);
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    const inside = () => page.locator(".viewport").evaluate((box) => box.scrollWidth - box.clientWidth);
    expect([await overflow(), await inside()]).toEqual([0, 0]);
    await sendMessage(page, long);
    await waitForReply(page);
    await page.locator(".call > summary").click();
    expect([await overflow(), await inside()]).toEqual([0, 0]);
    expect(await page.getByRole("button", { name: "New conversation" }).isVisible()).toBe(true);
  }, 60_000);

  test("scrolls with the reply unless the user has scrolled up", async () => {
    const next = createFrameSequencer();
    const paragraph = "A paragraph of the reply.\n\n";
    let sendMore = () => {};
    server.setScript((client) => {
      sendMore = () => client.send(next({ type: "text_delta", text: paragraph.repeat(30) } as const));
      sendMore();
    });
    const { page } = await browser.open();
    await openChat(page, server.address);
    const below = () =>
      page
        .locator(".viewport")
        .evaluate((box) => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight));
    const paragraphs = (count: number) =>
      page.waitForFunction((wanted) => document.querySelectorAll(".markdown p").length === wanted, count);
    await sendMessage(page, "Tell me everything");
    await paragraphs(30);
    sendMore();
    await paragraphs(60);
    await page.waitForFunction(() => {
      const box = document.querySelector(".viewport");
      return box !== null && box.scrollHeight - box.scrollTop - box.clientHeight < 3;
    });
    await page.locator(".viewport").hover();
    await page.mouse.wheel(0, -600);
    await page.getByRole("button", { name: "Scroll to latest" }).and(page.locator(":enabled")).waitFor();
    const before = await below();
    sendMore();
    await paragraphs(90);
    expect(await below()).toBeGreaterThan(before);
    await page.getByRole("button", { name: "Scroll to latest" }).click();
    await page.waitForFunction(() => {
      const box = document.querySelector(".viewport");
      return box !== null && box.scrollHeight - box.scrollTop - box.clientHeight < 3;
    });
  }, 60_000);
});
