import { describe, expect, test } from "bun:test";
import { parseEnv } from "node:util";
import { CLIENT_DOCS, formatClientsTable } from "../../src/build/client-docs.ts";
import { generateFiles, replaceBlock, SOURCES } from "../../src/build/docs.ts";
import { formatModelApisTable, formatModelsTable } from "../../src/build/model-docs.ts";
import { formatProtocolTable } from "../../src/build/protocol-docs.ts";
import { formatEnvironmentExample, formatSettingsTable } from "../../src/build/settings-docs.ts";
import { loadConfig } from "../../src/config/load.ts";
import { environmentNames, kebabCase, SETTINGS } from "../../src/config/names.ts";
import { ROWS } from "../../src/model/capabilities-table.ts";

function load(dotenv: string) {
  const readFile = (path: string) => (path === ".env" ? dotenv : undefined);
  return loadConfig({ argv: [], environment: {}, readFile });
}

describe(".env.example", () => {
  test("changes nothing as it is", () => {
    expect(parseEnv(formatEnvironmentExample())).toEqual({});
    expect(load(formatEnvironmentExample()).config).toEqual(load("").config);
  });

  test("sets the defaults when every # is removed", () => {
    const uncommented = formatEnvironmentExample().replace(/^#(?=[A-Z_]+=)/gm, "");
    const { config, sources, warnings } = load(uncommented);
    expect({ config, warnings }).toEqual({ config: load("").config, warnings: [] });
    expect(sources.model.source).toBe(".env BEDROCK_MODEL_ID");
  });

  test("has every environment name of every setting", () => {
    const page = formatEnvironmentExample();
    const names = SETTINGS.flatMap(([name]) => environmentNames(name));
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual([]);
  });
});

const sources: Readonly<Record<string, string>> = Object.fromEntries(
  await Promise.all(
    SOURCES.map(async (path) => [path, await Bun.file(`${import.meta.dir}/../../${path}`).text()] as const),
  ),
);

describe("formatProtocolTable()", () => {
  const small = (letter: string, count: number) => ({ letter, count, files: ["a.ts"] });
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

  test("has the titles of each item's tests", () => {
    expect(formatProtocolTable(small("X", 4), { "a.ts": text })).toBe(`| item | behavior |
| --- | --- |
| X1 | a \\| is &lt;said>, once |
| X2 | a \\| is &lt;said>, once; and more |
| X3 | sessions are listed; sessions are deleted |
| X4 | every frame is read |`);
  });

  test("throws when an item has no test", () => {
    expect(() => formatProtocolTable(small("X", 5), { "a.ts": text })).toThrow("no test title has item X5");
  });
});

describe("formatClientsTable()", () => {
  const client = {
    name: "Pen",
    packages: ["pen", "pen-1"],
    page: "openai",
    files: ["a.ts"],
    works: { text: "A reply", "own tools": "runs its" },
  };
  const texts = {
    "a.ts": 'test("A reply streams.", () => {});\n  test.each([1])("runs its tools %p", () => {});',
    "bun.lock": '{\n    "pen": ["pen@2.0.0", "", {}],\n    "pen-1": ["@pen/one@1.0.0", "", {}],\n}',
  };

  test("has the versions of the lock file and the features of the tests", () => {
    expect(formatClientsTable([client], texts).split("\n").at(-1)).toBe(
      "| Pen | `pen` 2.0.0, `@pen/one` 1.0.0 | [openai](openai.md) | text; own tools |",
    );
  });

  test("throws when a test or a package is missing", () => {
    expect(() => formatClientsTable([client], { ...texts, "a.ts": 'test("A reply")' })).toThrow(
      'Pen: no test title begins with "runs its"',
    );
    expect(() => formatClientsTable([client], { ...texts, "bun.lock": "" })).toThrow("no package pen");
  });

  test("names every file of client tests", () => {
    const files = [...new Bun.Glob("test/clients/*.test.ts").scanSync(`${import.meta.dir}/../..`)];
    const named = CLIENT_DOCS.flatMap((client) => client.files);
    // The library has no client: an application embeds it.
    expect(files.filter((file) => !named.includes(file))).toEqual(["test/clients/library.test.ts"]);
  });
});

describe("formatSettingsTable()", () => {
  test("has one row with four cells for every setting", () => {
    const rows = formatSettingsTable()
      .split("\n")
      .filter((line) => line.startsWith("| `--"));
    const flags = rows.map((row) => /^\| `(--[a-z-]+)/.exec(row)?.[1]);
    expect(flags).toEqual(SETTINGS.map(([name]) => `--${kebabCase(name)}`));
    expect(rows.filter((row) => row.split(/(?<!\\)\|/).length !== 6)).toEqual([]);
  });
});

describe("formatModelsTable()", () => {
  test("has one row for every family", () => {
    const rows = formatModelsTable().split("\n").slice(2);
    expect(rows.map((row) => /`([^`]+)`/.exec(row)?.[1])).toEqual(ROWS.map(({ prefix }) => prefix));
  });
});

describe("formatModelApisTable()", () => {
  test("has each current family once, with the API that reaches it", () => {
    const rows = formatModelApisTable()
      .split("\n")
      .slice(2)
      .map((row) => row.split("|").map((cell) => cell.trim()));
    const models = Object.fromEntries(rows.map(([, api = "", families = ""]) => [api, families.split(", ")]));
    expect(Object.keys(models)).toEqual([
      "Converse",
      "Responses, bedrock-runtime",
      "Responses, bedrock-mantle",
      "not supported",
    ]);
    const all = Object.values(models).flat();
    expect(all.length).toBe(new Set(all).size);
    expect(models["not supported"]).toEqual(["Claude Mythos 5", "Claude Mythos Preview"]);
    expect(models["Responses, bedrock-mantle"]).toContain("Gemma 4 31B");
    expect(all.filter((family) => /Claude 3|Nova Premier|Jamba|^Claude$|^GPT$|^Kimi$/.test(family))).toEqual(
      [],
    );
  });
});

describe("generateFiles()", () => {
  test("finds the markers of every page in the repository", () => {
    expect(Object.keys(generateFiles(sources))).toEqual([
      ".env.example",
      "src/manual/settings.md",
      "src/manual/models.md",
      "src/manual/errors.md",
      "README.md",
      "src/manual/protocols.md",
      "src/manual/native.md",
      "src/manual/bedrock-agent.md",
      "src/manual/langchain.md",
      "src/manual/dashboard.md",
      "src/manual/completions.md",
    ]);
  });

  test("changes nothing outside the markers", () => {
    const page = "# a\n\n<!-- x: written by `bun run docs` -->\nold\n<!-- /x -->\n\nmine\n<!-- /x -->\n";
    const once = replaceBlock(page, "x", "new");
    expect(once).toBe(
      "# a\n\n<!-- x: written by `bun run docs` -->\n\nnew\n\n<!-- /x -->\n\nmine\n<!-- /x -->\n",
    );
    expect(replaceBlock(once, "x", "new")).toBe(once);
  });

  test("refuses a page without the markers", () => {
    expect(() => replaceBlock("a", "x", "")).toThrow(
      'no lines "<!-- x: written by `bun run docs` -->" and "<!-- /x -->"',
    );
  });
});
