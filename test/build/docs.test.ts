import { describe, expect, test } from "bun:test";
import { parseEnv } from "node:util";
import { generatedFiles, replaceBetween } from "../../src/build/docs.ts";
import { CONTRACT_DOCS, contractTables } from "../../src/build/protocol-docs.ts";
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

const tests = Object.fromEntries(
  await Promise.all(
    CONTRACT_DOCS.flatMap(({ files }) => files).map(async (file) => {
      const text = await Bun.file(`${import.meta.dir}/../../${file}`).text();
      return [file, text] as const;
    }),
  ),
);

describe("the README's tables of contracts", () => {
  const small = (letter: string, count: number) => [{ title: "A system", letter, count, files: ["a.ts"] }];
  const text = `
test("X1, X2 a | is <said>, once", () => {});
test("X2 and more", () => {});
test("no item", () => {});
describe("X3 sessions", () => {
  test("are listed", () => {});
  test.each([1])("%p is counted", () => {});
  test("are deleted", () => {});
});
test.skipIf(Bun.which("curl") === null)("is not named", () => {});
describe("X4 every frame is read:", () => {
  test("by itself", () => {});
});
`;

  test("say of each item what its tests are named", () => {
    expect(contractTables({ "a.ts": text }, small("X", 4))).toBe(`**A system**

| item | what holds |
| --- | --- |
| X1 | a \\| is &lt;said>, once |
| X2 | a \\| is &lt;said>, once; and more |
| X3 | sessions are listed; sessions are deleted |
| X4 | every frame is read |`);
  });

  test("cannot be made where an item has no test", () => {
    expect(() => contractTables({ "a.ts": text }, small("X", 5))).toThrow("no test is named for X5");
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
    const contracts =
      "\n<!-- contracts: written by `bun run docs` -->\n\nOLD\n\n<!-- /contracts -->\n\nmine too\n";
    const page = `# a\n\n<!-- settings: written by \`bun run docs\` -->\nold\n<!-- /settings -->\n\nmine\n<!-- /settings -->\n${contracts}`;
    const { "README.md": once = "" } = generatedFiles(page, tests);
    expect(once).toBe(
      `# a\n\n<!-- settings: written by \`bun run docs\` -->\n\n${settingsTable()}\n\n<!-- /settings -->\n\nmine\n<!-- /settings -->\n${contracts.replace("OLD", contractTables(tests))}`,
    );
    expect(generatedFiles(once, tests)["README.md"]).toBe(once);
  });

  test("a page without the markers is refused", () => {
    expect(() => replaceBetween("b a", ["a", "b"], "")).toThrow('no lines "a" and "b"');
  });
});
