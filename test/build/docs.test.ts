import { describe, expect, test } from "bun:test";
import { parseEnv } from "node:util";
import { generatedFiles, replaceBetween } from "../../src/build/docs.ts";
import { environmentExample, settingsTable } from "../../src/build/settings-docs.ts";
import { loadConfig } from "../../src/config/load.ts";
import { environmentNames, kebabCase, SETTINGS } from "../../src/config/names.ts";

function load(dotenv: string) {
  const readFile = (path: string) => (path === ".env" ? dotenv : undefined);
  return loadConfig({ argv: [], environment: {}, readFile });
}

describe(".env.example", () => {
  test("as it is, it changes nothing", () => {
    expect(parseEnv(environmentExample())).toEqual({});
    expect(load(environmentExample()).config).toEqual(load("").config);
  });

  test("with every # removed, it still says the defaults", () => {
    const opened = environmentExample().replace(/^#(?=[A-Z_]+=)/gm, "");
    const { config, sources, warnings } = load(opened);
    expect({ config, warnings }).toEqual({ config: load("").config, warnings: [] });
    expect(sources.model.source).toBe(".env BEDROCK_MODEL_ID");
  });

  test("it has every name of every setting", () => {
    const page = environmentExample();
    const names = SETTINGS.flatMap(([name]) => environmentNames(name));
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual([]);
  });
});

describe("the README's table", () => {
  test("has one row for every setting, four cells each", () => {
    const rows = settingsTable()
      .split("\n")
      .filter((line) => line.startsWith("| `--"));
    const flags = rows.map((row) => /^\| `(--[a-z-]+)/.exec(row)?.[1]);
    expect(flags).toEqual(SETTINGS.map(([name]) => `--${kebabCase(name)}`));
    expect(rows.filter((row) => row.split(/(?<!\\)\|/).length !== 6)).toEqual([]);
  });

  test("is all that changes in the page, and only once", () => {
    const page =
      "# a\n\n<!-- settings: written by `bun run docs` -->\nold\n<!-- /settings -->\n\nmine\n<!-- /settings -->\n";
    const { "README.md": once = "" } = generatedFiles(page);
    expect(once).toBe(
      `# a\n\n<!-- settings: written by \`bun run docs\` -->\n\n${settingsTable()}\n\n<!-- /settings -->\n\nmine\n<!-- /settings -->\n`,
    );
    expect(generatedFiles(once)["README.md"]).toBe(once);
  });

  test("a page without the markers is refused", () => {
    expect(() => replaceBetween("b a", ["a", "b"], "")).toThrow('no lines "a" and "b"');
  });
});
