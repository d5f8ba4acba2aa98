import { afterAll, beforeAll, expect, test } from "bun:test";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { type DemoServer, startDemoServer } from "./real.ts";

describeInBrowser("keys and commands", () => {
  const browser = useBrowser();
  let server: DemoServer;
  beforeAll(async () => {
    server = await startDemoServer();
  });
  afterAll(() => server.stop());

  const open = async () => {
    const opened = await browser.open();
    await openChat(opened.page, server.address);
    const focused = () => opened.page.evaluate(() => document.activeElement?.ariaLabel);
    return { ...opened, focused };
  };

  test("Control and K opens the command palette, which runs commands and gives the focus back", async () => {
    const { page, focused, consoleErrors } = await open();
    await page.keyboard.press("Control+k");
    const palette = page.getByRole("dialog", { name: "Command palette" });
    await palette.waitFor();
    expect(await focused()).toBe("Search commands and conversations");
    const field = palette.getByRole("combobox");
    await page.keyboard.type("light");
    expect(await palette.getByRole("option").allInnerTexts()).toEqual([
      expect.stringMatching(/^Switch between light and dark\s*\/theme$/),
    ]);
    const activeId = await field.getAttribute("aria-activedescendant");
    expect(await palette.getByRole("option", { selected: true }).getAttribute("id")).toBe(activeId);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    expect(await palette.count()).toBe(0);
    expect(await focused()).toBe("Message");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("nothing like this");
    await palette.getByRole("status").getByText("Nothing found.").waitFor();
    await page.keyboard.press("Escape");
    expect(await palette.count()).toBe(0);
    await page.keyboard.type("written");
    expect(await page.getByLabel("Message", { exact: true }).inputValue()).toBe("written");
    expect(consoleErrors).toEqual([]);
  }, 60_000);

  test("the focus returns to the message field when one dialog follows another", async () => {
    const { page, focused } = await open();
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Command palette" }).waitFor();
    await page.keyboard.press("Control+/");
    const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await list.waitFor();
    await page.keyboard.press("Escape");
    await list.waitFor({ state: "detached" });
    await page.keyboard.type("/tools");
    await page.keyboard.press("Enter");
    const tools = page.getByRole("dialog", { name: "Tools" });
    await tools.waitFor();
    await page.keyboard.press("Escape");
    await tools.waitFor({ state: "detached" });
    expect(await focused()).toBe("Message");
  }, 60_000);

  test("the question mark lists the shortcuts, outside of text fields and unless it is switched off", async () => {
    const { page } = await open();
    const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await page.keyboard.type("?");
    expect(await page.getByLabel("Message", { exact: true }).inputValue()).toBe("?");
    await page.getByRole("button", { name: "Attach files" }).focus();
    await page.keyboard.type("?");
    await list.waitFor();
    expect(await readVisibleText(list)).toContain("Show the keyboard shortcuts");
    await list.getByRole("checkbox").uncheck();
    await page.keyboard.press("Escape");
    await list.waitFor({ state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe("Attach files");
    await page.keyboard.type("?");
    await page.keyboard.press("Control+/");
    await list.waitFor();
  }, 60_000);

  test("a slash offers commands, which the arrow keys choose and Escape leaves", async () => {
    const { page } = await open();
    const field = page.getByLabel("Message", { exact: true });
    const menu = page.getByRole("listbox", { name: "Commands" });
    await page.keyboard.type("/");
    await menu.waitFor();
    const first = await field.getAttribute("aria-activedescendant");
    await page.keyboard.press("ArrowDown");
    expect(await field.getAttribute("aria-activedescendant")).not.toBe(first);
    await page.keyboard.press("Escape");
    expect([await menu.count(), await field.inputValue()]).toEqual([0, "/"]);
    await page.keyboard.type("sh");
    expect(await readVisibleText(menu.getByRole("option").first())).toContain("/shortcuts");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.keyboard.press("Escape");
    expect(await field.inputValue()).toBe("");
    expect(await page.locator(".entry-user").count()).toBe(0);
  }, 60_000);

  test("the arrow key brings earlier messages back, but not while an input method composes", async () => {
    const { page } = await open();
    const field = page.getByLabel("Message", { exact: true });
    for (const text of ["first question", "second question"]) {
      await sendMessage(page, text);
      await waitForReply(page);
    }
    const pressed: string[] = [];
    for (const key of ["ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown"]) {
      await page.keyboard.press(key);
      pressed.push(await field.inputValue());
    }
    expect(pressed).toEqual(["second question", "first question", "first question", "second question", ""]);
    await field.evaluate((element) => {
      for (const key of ["ArrowUp", "Enter"])
        element.dispatchEvent(new KeyboardEvent("keydown", { key, keyCode: 229, bubbles: true }));
    });
    expect(await field.inputValue()).toBe("");
    await page.keyboard.type("/");
    await field.evaluate((element) =>
      element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true })),
    );
    expect(await field.inputValue()).toBe("/");
  }, 60_000);

  test("the tools are listed, searched and tried without sending anything", async () => {
    const { page, consoleErrors } = await open();
    await page.keyboard.type("/tools");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Tools" });
    const search = dialog.getByRole("searchbox", { name: "Search tools" });
    await search.waitFor();
    const all = await dialog.locator(".tool-row").count();
    await search.fill("create order");
    await page.waitForFunction((count) => document.querySelectorAll(".tool-row").length < count, all);
    const row = dialog.locator(".tool-row").first();
    expect(await readVisibleText(row)).toMatch(/POST \/orders/);
    await row.click();
    const detail = dialog.locator(".tools-detail");
    await detail.getByRole("form", { name: "Try it" }).waitFor();
    expect(await readVisibleText(detail.locator(".tools-facts"))).toMatch(/Changes data\s*Asks you first/);
    await detail.getByText("Schema").click();
    expect(JSON.parse((await detail.locator(".tools-schema").textContent()) ?? "")).toMatchObject({
      type: "object",
    });
    await detail.getByRole("button", { name: "Edit as JSON" }).click();
    await detail.getByLabel("JSON").fill('{"nothing":1}');
    await detail.getByRole("button", { name: "Show request" }).click();
    await detail.getByRole("alert").waitFor();
    await search.fill("listorders");
    await dialog.locator(".tool-row").first().click();
    await detail.getByRole("button", { name: "Show request" }).click();
    expect(await readVisibleText(detail.locator(".approval-url"))).toMatch(/^GET http.*\/orders$/);
    await detail.getByRole("button", { name: "Ask the assistant" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await page.getByLabel("Message", { exact: true }).inputValue()).toMatch(/^Use \w+: /);
    expect(consoleErrors.filter((line) => !line.includes("400"))).toEqual([]);
  }, 60_000);
});
