import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { loadConfig } from "../../src/config/load.ts";
import { environmentNames, kebabCase, SETTINGS } from "../../src/config/names.ts";
import type { SettingName } from "../../src/config/settings.ts";

/** A text of a setting and the value it is parsed to. */
type Sample = { readonly text: string; readonly value: unknown };

const sample = (text: string, value: unknown = text): Sample => ({ text, value });
const wholeNumber = (min: number, max = 1_000_000) =>
  fc.integer({ min, max }).map((value) => sample(String(value), value));
const seconds = fc.integer({ min: 1, max: 99_999 }).map((value) => sample(String(value / 100), value / 100));
const fraction = fc.integer({ min: 0, max: 100 }).map((value) => sample(String(value / 100), value / 100));
const word = fc.stringMatching(/^[a-z][a-z0-9./:-]{0,20}$/);

const samples: Partial<Record<SettingName, fc.Arbitrary<Sample>>> = {
  port: wholeNumber(0, 65_535),
  maxTokens: wholeNumber(1),
  maxRetries: wholeNumber(0),
  timeout: seconds,
  retryDelay: seconds,
  temperature: fraction,
  topP: fraction,
  model: word.map((text) => sample(text)),
  systemPrompt: fc.stringMatching(/^[A-Za-z"'#=$é\\ -]{0,30}[a-z]$/).map((text) => sample(text)),
  host: word.map((text) => sample(text)),
  allowedPaths: fc.array(word, { minLength: 1 }).map((words) => sample(words.join(","), words)),
  enableUi: fc.constantFrom(
    sample("yes", true),
    sample("OFF", false),
    sample("1", true),
    sample("false", false),
  ),
  logLevel: fc.constantFrom(sample("WARN", "warning"), sample("debug"), sample("error")),
};
const names = SETTINGS.map(([name]) => name).filter((name) => samples[name] !== undefined);

const SOURCES = ["flag", "environment", ".env", "file"] as const;
type Source = (typeof SOURCES)[number];

/** A setting with values in some of its sources. */
const settingInput = fc.constantFrom(...names).chain((name) =>
  fc
    .record(Object.fromEntries(SOURCES.map((source) => [source, samples[name] ?? fc.constant(sample(""))])), {
      requiredKeys: [],
    })
    .chain((values) =>
      fc.record({
        name: fc.constant(name),
        values: fc.constant<Partial<Record<Source, Sample>>>(values),
        variable: fc.constantFrom(...environmentNames(name)),
        isAttached: fc.boolean(),
        key: fc.constantFrom(name, kebabCase(name), kebabCase(name).replaceAll("-", "_")),
      }),
    ),
);

/** Quotes the text for a `.env` file; undefined when no quote works. */
function quoteForDotenv(text: string): string | undefined {
  const quote = ["'", '"', "`"].find(
    (mark) => !text.includes(mark) && !(mark === '"' && text.includes("\\")),
  );
  return quote && `${quote}${text}${quote}`;
}

describe("loadConfig()", () => {
  test("loads any value from any source, and the source of highest precedence wins", () => {
    fc.assert(
      fc.property(settingInput, ({ name, values, variable, isAttached, key }) => {
        const { flag, environment, file } = values;
        const dotenv = values[".env"] && quoteForDotenv(values[".env"].text);
        fc.pre(values[".env"] === undefined || dotenv !== undefined);
        const isSwitch = name === "enableUi";
        const argument = `--${kebabCase(name)}`;
        const files: Record<string, string> = {
          "c.json": JSON.stringify(file ? { [key]: file.text } : {}),
          ".env": dotenv === undefined ? "" : `${variable}=${dotenv}\n`,
        };
        const { config, sources } = loadConfig({
          argv: [
            "--config=c.json",
            ...(flag === undefined
              ? []
              : isAttached || isSwitch || flag.text.startsWith("-")
                ? [`${argument}=${flag.text}`]
                : [argument, flag.text]),
          ],
          environment: environment ? { [variable]: environment.text } : {},
          readFile: (path) => files[path],
        });
        const defaults = loadConfig({ argv: [], environment: {}, readFile: () => undefined });
        const winner = SOURCES.find((source) => values[source] !== undefined);
        const source = {
          flag: `flag ${argument}`,
          environment: `environment ${variable}`,
          ".env": `.env ${variable}`,
          file: `c.json ${key}`,
          default: "default",
        }[winner ?? "default"];
        expect<unknown>([config[name], sources[name].source]).toEqual([
          winner === undefined ? defaults.config[name] : values[winner]?.value,
          source,
        ]);
        expect({ ...config, [name]: null }).toEqual({ ...defaults.config, config: "c.json", [name]: null });
      }),
      { numRuns: 500 },
    );
  });

  test("throws only ConfigError, for any command line", () => {
    const flags = SETTINGS.map(([name]) => `--${kebabCase(name)}`);
    const argument = fc.oneof(
      fc.constantFrom(...flags, "-p", "--", "-", "--help"),
      fc.string(),
      fc.tuple(fc.constantFrom(...flags), fc.string()).map((pair) => pair.join("=")),
    );
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 6 }), fc.string(), (argv, dotenv) => {
        try {
          loadConfig({ argv, environment: {}, readFile: (path) => (path === ".env" ? dotenv : undefined) });
        } catch (error) {
          expect(error).toMatchObject({ name: "ConfigError", errors: expect.anything() });
        }
      }),
      { numRuns: 500 },
    );
  });
});
