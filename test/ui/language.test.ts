import { afterEach, describe, expect, test } from "bun:test";
import { Glob } from "bun";
import { ERROR_STATUS } from "../../src/errors.ts";
import { translation as arabic } from "../../ui/language/ar.ts";
import { chooseLanguage } from "../../ui/language/choose.ts";
import { translation as german } from "../../ui/language/de.ts";
import { english } from "../../ui/language/en.ts";
import { translation as spanish } from "../../ui/language/es.ts";
import { translation as french } from "../../ui/language/fr.ts";
import { translation as japanese } from "../../ui/language/ja.ts";
import { setLanguage, t, translateServerText } from "../../ui/language/language.ts";
import { translation as portuguese } from "../../ui/language/pt.ts";
import { defineMessages, type MessageText } from "../../ui/language/types.ts";

const TRANSLATIONS = { es: spanish, pt: portuguese, de: german, fr: french, ja: japanese, ar: arabic };

afterEach(() => setLanguage("en", "en-US"));

describe.each(Object.entries(TRANSLATIONS))("the messages in %s", (language, { messages, serverTexts }) => {
  test("have a form for each plural category of the language, and no other", () => {
    const expected = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
    const plurals = Object.entries<MessageText>(messages).filter(([, text]) => typeof text !== "string");
    expect(plurals.length).toBeGreaterThan(10);
    expect(plurals.filter(([, text]) => !Bun.deepEquals(Object.keys(text).toSorted(), expected))).toEqual([]);
  });

  test("use only the placeholders of the English ones, in all plural forms", () => {
    const unknown = Object.entries<MessageText>(messages).flatMap(([key, text]) => {
      const known = new Set(namesIn(english[key as keyof typeof english]));
      return namesIn(text).filter((name) => !known.has(name));
    });
    expect(unknown).toEqual([]);
  });

  test("are not empty, and end like the English ones", () => {
    const isCut = ([key, text]: [string, MessageText]) => {
      const isSentence = /[.?]$/.test(lastForm(english[key as keyof typeof english]));
      return lastForm(text).trim() === "" || isSentence !== /[.?。？؟]$/.test(lastForm(text));
    };
    const differing = Object.entries<MessageText>(messages).filter(isCut);
    expect(differing.map(([key]) => key)).toEqual([]);
  });

  test("have a text for each error code", () => {
    expect(Object.keys(serverTexts).toSorted()).toEqual(
      [...Object.keys(ERROR_STATUS), "queued", "retrying"].toSorted(),
    );
  });
});

test("French punctuation and German ellipses do not begin a line: the space before them does not break.", () => {
  const breaking = [french, german].flatMap(({ messages }) =>
    Object.values<MessageText>(messages).flatMap((text) =>
      typeof text === "string" ? [text] : Object.values(text),
    ),
  );
  expect(breaking.length).toBeGreaterThan(500);
  expect(breaking.filter((text) => / [:;?!»…]|« /.test(text))).toEqual([]);
});

test("Every message is used by the page.", async () => {
  const files = [...new Glob("ui/**/*.{ts,tsx}").scanSync(".")].filter(
    (file) => !TRANSLATED.test(file.replaceAll("\\", "/")),
  );
  const source = (await Promise.all(files.map((file) => Bun.file(file).text()))).join("\n");
  const prefixes = [...source.matchAll(/\bt\(`([\w.]+\.)\$\{/g)].map(([, prefix = ""]) => prefix);
  const isUsed = (key: string) =>
    source.includes(`"${key}"`) || prefixes.some((prefix) => key.startsWith(prefix));
  expect(files.length).toBeGreaterThan(100);
  expect(Object.keys(english).filter((key) => !isUsed(key))).toEqual([]);
});

/** The files of the messages. */
const TRANSLATED = /^ui\/language\/[a-z]{2}\.ts$/;

function namesIn(text: MessageText): readonly string[] {
  return [...JSON.stringify(text).matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
}

function lastForm(text: MessageText): string {
  return typeof text === "string" ? text : text.other;
}

test("A missing message, a superfluous one and other placeholders fail the type check.", () => {
  const { close: _, ...withoutClose } = english;
  // @ts-expect-error `close` is missing.
  defineMessages(withoutClose);
  // @ts-expect-error English has no message `open`.
  defineMessages({ ...english, open: "Open" });
  // @ts-expect-error `{name}` is misspelt.
  defineMessages({ ...english, "attach.remove": "Remove {nom}" });
  // @ts-expect-error The message needs a name.
  t("attach.remove");
  defineMessages(english);
});

describe("`t()`", () => {
  test("chooses the plural form and writes numbers in the way of the language", () => {
    const counts = [0, 1, 2, 3, 11, 1234];
    const rows = () => counts.map((count) => t("count.rows", { count }));
    expect(rows()).toEqual(["0 rows", "1 row", "2 rows", "3 rows", "11 rows", "1,234 rows"]);
    setLanguage("de", "de-DE", german);
    expect(rows()).toEqual(["0 Zeilen", "1 Zeile", "2 Zeilen", "3 Zeilen", "11 Zeilen", "1.234 Zeilen"]);
    setLanguage("fr", "fr-FR", french);
    expect(rows().slice(0, 3)).toEqual(["0 ligne", "1 ligne", "2 lignes"]);
    expect(t("count.rows", { count: 1_000_000 })).toMatch(/^1\D000\D000 de lignes$/);
    setLanguage("ja", "ja-JP", japanese);
    expect(rows().slice(1, 3)).toEqual(["1 行", "2 行"]);
    setLanguage("ar", "ar-AE", arabic);
    expect(rows()).toEqual(["0 صف", "صف واحد", "صفان", "3 صفوف", "11 صفًا", "1,234 صفًا"]);
  });

  test("leaves braces of values alone, and isolates them in Arabic", () => {
    expect(t("attach.remove", { name: "{name} $& a.csv" })).toBe("Remove {name} $& a.csv");
    setLanguage("ar", "ar", arabic);
    expect(t("attach.remove", { name: "a.csv" })).toBe("إزالة \u2068a.csv\u2069");
  });
});

test("`translateServerText()` keeps the server's text as the detail, and unknown codes as they are", () => {
  const text = "Wait for 20 seconds.";
  expect(translateServerText("rate_limited", text)).toEqual({ message: text });
  setLanguage("es", "es", spanish);
  expect(translateServerText("rate_limited", text)).toEqual({
    message: "Demasiadas solicitudes. Espere un momento e inténtelo de nuevo.",
    detail: text,
  });
  expect(translateServerText("toString", text)).toEqual({ message: text });
});

test("`chooseLanguage()` prefers the person's choice, then the setting, then the browser", () => {
  const cases = [
    [undefined, "auto", ["de-CH", "fr"], "de de-CH"],
    [undefined, "auto", ["sv-SE", "pt-PT", "en"], "pt pt-PT"],
    [undefined, "auto", ["sv-SE"], "en en-US"],
    [undefined, "auto", [], "en en-US"],
    [undefined, "ja", ["de-CH", "en-GB"], "ja ja"],
    ["en", "ja", ["de-CH", "en-GB"], "en en-GB"],
    ["xx", "auto", ["ar-EG"], "ar ar-EG"],
    [undefined, undefined, ["zh-TW", "PT-br"], "pt PT-br"],
  ] as const;
  const found = cases.map(([chosen, setting, preferred]) => {
    const { language, locale } = chooseLanguage(chosen, setting, preferred);
    return `${language} ${locale}`;
  });
  expect(found).toEqual(cases.map(([, , , expected]) => expected));
});
