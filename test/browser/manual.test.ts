import { afterAll, beforeAll, expect, test } from "bun:test";
import { openChat, readVisibleText } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { findLowContrastText } from "./contrast.ts";
import { type DemoServer, startDemoServer } from "./real.ts";

describeInBrowser("the manual in a browser", () => {
  const browser = useBrowser();
  let server: DemoServer;
  beforeAll(async () => {
    server = await startDemoServer();
  });
  afterAll(() => server.stop());

  test("opens from the chat page, can be searched, and links each result to its section", async () => {
    const { page, consoleErrors, externalRequests } = await browser.open();
    await openChat(page, server.address);
    const link = page.getByRole("link", { name: "Manual" });
    await page.goto((await link.getAttribute("href")) ?? "");
    expect(await page.title()).toBe("Manual · specchat manual");

    await page.getByRole("searchbox", { name: "Search the manual" }).fill("approval timeout");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Search" }).waitFor();
    expect(await readVisibleText(page.getByRole("status"))).toMatch(/^\d+ sections for approval timeout$/);
    expect(await readVisibleText(page.locator("mark").first())).toMatch(/approval|timeout/i);
    await page.getByRole("link", { name: "Approval of calls: Decisions" }).click();
    await page.getByRole("heading", { name: "Approval of calls" }).waitFor();
    expect(new URL(page.url()).hash).toBe("#decisions");
    expect(await readVisibleText(page.locator(".sidebar [aria-current]"))).toBe("Approval of calls");
    await page.getByRole("link", { name: "Amazon Bedrock" }).first().click();
    await page.getByRole("heading", { name: "IAM policy" }).waitFor();
    await page.getByRole("link", { name: "Chat", exact: true }).click();
    await page.locator(".connection-open").waitFor();
    expect({ consoleErrors, externalRequests }).toEqual({ consoleErrors: [], externalRequests: [] });
  }, 60_000);

  const looks = [
    ["wide and light", { width: 1280, height: 800 }, "light"],
    ["wide and dark", { width: 1280, height: 800 }, "dark"],
    ["narrow and light", { width: 360, height: 740 }, "light"],
    ["narrow and dark", { width: 360, height: 740 }, "dark"],
  ] as const;
  test.each(looks)(
    "fits and has enough contrast: %s",
    async (_name, viewport, colorScheme) => {
      const { page, consoleErrors } = await browser.open({ viewport, colorScheme });
      for (const path of ["", "/settings", "/approval", "?q=redis"]) {
        await page.goto(`${server.url}/bedrock-chat/docs${path}`);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
        expect(await findLowContrastText(page)).toEqual([]);
      }
      await page.goto(`${server.url}/bedrock-chat/docs/tools`);
      const menu = page.locator(".menu summary");
      expect(await menu.isVisible()).toBe(viewport.width < 600);
      if (await menu.isVisible()) {
        await menu.click();
        await page.locator(".menu").getByRole("link", { name: "Storage" }).click();
        await page.getByRole("heading", { name: "Back up and move" }).waitFor();
      }
      expect(consoleErrors).toEqual([]);
    },
    60_000,
  );
});
