import { afterAll, beforeEach, expect, test } from "bun:test";
import type { CDPSession, Page } from "playwright-core";
import { openChat, waitForReply } from "./actions.ts";
import { describeInBrowser, useBrowser } from "./browser.ts";
import { createAiResponse, createFrameSequencer, startScriptedServer } from "./scripted.ts";

const sessions = new WeakMap<Page, Promise<CDPSession>>();

/** Sets the languages of the browser. They hold as long as the session is open. */
async function preferLanguages(page: Page, ...languages: readonly string[]): Promise<void> {
  const session = sessions.get(page) ?? page.context().newCDPSession(page);
  sessions.set(page, session);
  const userAgent = await page.evaluate(() => navigator.userAgent);
  const override = { userAgent, acceptLanguage: languages.join(",") };
  await (await session).send("Emulation.setUserAgentOverride", override);
}

const LANGUAGES = ["en", "es", "pt", "de", "fr", "ja", "ar"] as const;
const PLACEHOLDERS = {
  en: "Ask about the API…",
  es: "Pregunte sobre la API…",
  pt: "Pergunte sobre a API…",
  de: "Fragen Sie etwas zur API\u00a0…",
  fr: "Posez une question sur l’API…",
  ja: "API について質問する…",
  ar: "اسأل عن واجهة API…",
} as const;

describeInBrowser("the language of the page", () => {
  const browser = useBrowser();
  const server = startScriptedServer();
  beforeEach(() => server.reset());
  afterAll(() => server.stop());

  test.each(LANGUAGES)(
    "is the first one of the browser that the page has, and alone is loaded: %s",
    async (language) => {
      const { page, consoleErrors } = await browser.open({ viewport: { width: 360, height: 700 } });
      await preferLanguages(page, "sv", language);
      const loaded: string[] = [];
      page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
      await openChat(page, server.address);
      const shown = await page.evaluate(() => {
        const { lang, dir, scrollWidth, clientWidth } = document.documentElement;
        return { lang, dir, overflow: scrollWidth - clientWidth };
      });
      expect(shown).toEqual({ lang: language, dir: language === "ar" ? "rtl" : "ltr", overflow: 0 });
      expect(await page.locator("textarea").getAttribute("placeholder")).toBe(PLACEHOLDERS[language]);
      const chunks = loaded.flatMap((path) => /\/(es|pt|de|fr|ja|ar)-\w+\.js$/.exec(path)?.[1] ?? []);
      expect(chunks).toEqual(language === "en" ? [] : [language]);
      expect(consoleErrors).toEqual([]);
    },
  );

  test("can be chosen, and the choice stays after a reload", async () => {
    const { page } = await browser.open();
    await preferLanguages(page, "de");
    await openChat(page, server.address);
    await page.locator("textarea").fill("Ein Entwurf");
    await page.locator(".page-footer").getByLabel("Sprache").selectOption("ar");
    await page.locator("html[dir=rtl] .connection-open").waitFor();
    expect(await page.locator("textarea").inputValue()).toBe("Ein Entwurf");
    await page.reload();
    await page.locator("html[lang=ar][dir=rtl] .connection-open").waitFor();
  });

  test("translates failures by their code, and keeps the text of the server", async () => {
    const next = createFrameSequencer();
    server.setScript((client) =>
      client.send(
        next({
          type: "error",
          code: "budget_exceeded",
          message: "The budget of 2 USD a day is used up until 00:00 UTC.",
          retryable: false,
        } as const),
      ),
    );
    const { page } = await browser.open();
    await preferLanguages(page, "fr");
    await openChat(page, server.address);
    await sendMessageIn(page, "Message", "Combien ?");
    const alert = page.locator(".failure");
    await alert.getByText("Le budget est épuisé.").waitFor();
    expect(await alert.locator("small").allInnerTexts()).toEqual([
      "The budget of 2 USD a day is used up until 00:00 UTC.",
    ]);
  });

  test("mirrors the page in Arabic, and keeps code and data from left to right", async () => {
    const next = createFrameSequencer();
    server.setScript((client) => client.send(next(createAiResponse("نص\n\n```\nGET /orders\n```\n"))));
    const { page } = await browser.open();
    await preferLanguages(page, "ar");
    await openChat(page, server.address);
    await sendMessageIn(page, "الرسالة", "ما الجديد؟");
    await waitForReply(page);
    const box = async (selector: string) => await page.locator(selector).first().boundingBox();
    const [send, input, title, plus] = [
      await box(".round-button"),
      await box("textarea"),
      await box(".header h1"),
      await box(".new-conversation"),
    ];
    expect(send?.x).toBeLessThan(input?.x ?? 0);
    expect(plus?.x).toBeLessThan(title?.x ?? 0);
    const directions = await page.evaluate(() =>
      [".markdown p", ".markdown code", ".entry-user p"].map((selector) => {
        const element = document.querySelector(selector);
        return element === null ? "" : getComputedStyle(element).direction;
      }),
    );
    expect(directions).toEqual(["rtl", "ltr", "rtl"]);
  });
});

async function sendMessageIn(page: Page, label: string, text: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).fill(text);
  await page.keyboard.press("Enter");
}
