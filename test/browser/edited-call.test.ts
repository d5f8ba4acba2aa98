import { afterAll, beforeAll, expect, test } from "bun:test";
import { type RecordingApi, type Specchat, startApi, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";
import { openChat, readVisibleText, sendMessage, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";

describeInBrowser("a call that is changed before it is allowed", () => {
  const browser = useBrowser();
  let api: RecordingApi;
  let specchat: Specchat;

  beforeAll(async () => {
    api = await startApi();
    specchat = await startSpecchat({
      argv: ["--spec", api.spec, "--base-url", api.url, "--stop-grace", "0"],
      model: createScriptedModel([
        replyWithCalls(["c1", "createThing", { name: "pen", size: 3 }]),
        replyWithText("Created."),
      ]),
    });
  });

  afterAll(async () => {
    await specchat.stop();
    await api.stop();
  });

  test("has a form made from the schema; what the server then shows is what is sent", async () => {
    const { page, consoleErrors } = await browser.open();
    await openChat(page, `${specchat.url}/bedrock-chat/ui`);
    await sendMessage(page, "Create a pen");
    const box = page.getByRole("region", { name: "Waiting for your approval" });
    await box.getByRole("button", { name: "Edit POST /things" }).click();
    const form = box.getByRole("form", { name: "Edit POST /things" });
    await form.getByLabel("size").waitFor();
    expect(await form.locator(".form-name").allTextContents()).toEqual(["name", "size"]);
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe("pen");
    await page.keyboard.press("Escape");
    expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe("Edit POST /things");
    await page.keyboard.press("Enter");

    await form.getByLabel("size").fill("large");
    await form.getByRole("button", { name: "Check changes" }).click();
    expect(await readVisibleText(form.getByRole("alert"))).toContain("size");
    await form.getByLabel("size").fill("9007199254740993");
    await form.getByLabel("name").fill("pencil");
    await form.getByRole("button", { name: "Check changes" }).click();

    await box.getByText("You changed the values.").waitFor();
    expect(await page.evaluate(() => document.activeElement?.className)).toBe("approval-title");
    expect(await box.locator(".call-values dd").allInnerTexts()).toEqual(["pencil", "9007199254740993"]);
    await box.getByText("Exact request").click();
    expect(await box.getByRole("region", { name: "Body" }).locator("pre").textContent()).toBe(
      '{\n  "name": "pencil",\n  "size": 9007199254740993\n}',
    );
    expect(api.requests).toEqual([]);
    await box.getByRole("button", { name: "Allow POST /things", exact: true }).click();
    await waitForReply(page);
    expect(api.requests).toEqual(['POST /things {"name":"pencil","size":9007199254740993}']);
    const call = page.locator(".call > summary");
    expect(await readVisibleText(call)).toContain("pencil");
    await page.reload();
    await call.waitFor();
    expect(await readVisibleText(call)).toContain("pencil");
    expect(consoleErrors).toEqual([]);
  }, 60_000);
});
