/** The pages for contributors name paths, symbols and layers that exist. */
import { describe, expect, test } from "bun:test";
import { readFiles } from "../architecture/files.ts";
import { LAYERS } from "../architecture/layers.ts";
import { exists, findBrokenLinks, linksOf, root } from "./links.ts";
import { declares, pathsOf, symbolsOf } from "./symbols.ts";

const source = await readFiles(root, "{src,test,ui}/**/*");
const map = await Bun.file(`${root}/src/README.md`).text();
const contributing = await Bun.file(`${root}/CONTRIBUTING.md`).text();
const changelog = await Bun.file(`${root}/CHANGELOG.md`).text();

/** Returns the path from the root of the repository. Paths of the map are relative to `src`. A bare name may be in any folder. */
async function locate(path: string): Promise<string | undefined> {
  if (await exists(`src/${path}`)) return `src/${path}`;
  if (await exists(path)) return path;
  return path.includes("/") ? undefined : Object.keys(source).find((file) => file.endsWith(`/${path}`));
}

async function findMissingPaths(page: string): Promise<readonly string[]> {
  const located = await Promise.all(pathsOf(page).map(async (path) => ({ path, file: await locate(path) })));
  return located.flatMap(({ path, file }) => (file === undefined ? [path] : []));
}

async function findMissingSymbols(page: string): Promise<readonly string[]> {
  const found = await Promise.all(
    symbolsOf(page).map(async ({ path, symbol }) => {
      const file = await locate(path);
      return declares(source[file ?? ""] ?? "", symbol) ? undefined : `${path} → ${symbol}`;
    }),
  );
  return found.filter((missing) => missing !== undefined);
}

/** Returns the first cells of the tables of a section. */
function firstCells(heading: string): readonly string[] {
  const [, section = ""] = map.split(`\n## ${heading}\n`);
  return [...(section.split("\n## ")[0] ?? "").matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = ""]) => cell);
}

describe("src/README.md", () => {
  test("names paths and symbols that exist.", async () => {
    expect(pathsOf(map).length).toBeGreaterThan(200);
    expect(symbolsOf(map).length).toBeGreaterThan(150);
    expect(await findMissingPaths(map)).toEqual([]);
    expect(await findMissingSymbols(map)).toEqual([]);
  });

  test("lists every file at the root of src and every folder, except the folders of URLs.", () => {
    const places = Object.keys(source).flatMap((file) => {
      const [, path] = /^src\/(.+)$/.exec(file) ?? [];
      if (path === undefined) return [];
      const folders = path.split("/").slice(0, -1);
      if (folders.length === 0) return path.endsWith(".ts") ? [`\`${path}\``] : [];
      return folders
        .map((_, index) => `${folders.slice(0, index + 1).join("/")}/`)
        .filter((folder) => !/^routes\/[^_]/.test(folder))
        .map((folder) => `\`${folder}\``);
    });
    expect(firstCells("The map").toSorted()).toEqual([...new Set(places)].toSorted());
  });

  test("has the layers that the architecture test enforces.", () => {
    const layers = LAYERS.map((places) =>
      places.map((place) => `\`${place}${place.includes(".") ? "" : "/"}\``).join(" "),
    );
    expect(firstCells("Layers")).toEqual(layers);
  });
});

test("CONTRIBUTING.md names paths and symbols that exist.", async () => {
  expect(await findMissingPaths(contributing)).toEqual([]);
  expect(await findMissingSymbols(contributing)).toEqual([]);
});

test("The pages for contributors have links to files and headings that exist.", async () => {
  const links = [
    ...linksOf("src/README.md", map),
    ...linksOf("CONTRIBUTING.md", contributing),
    ...linksOf("CHANGELOG.md", changelog),
  ];
  expect(links.length).toBeGreaterThan(10);
  expect(await findBrokenLinks(links)).toEqual([]);
});

test("Paths and symbols that do not exist are found.", async () => {
  const page =
    "`chat/turns.ts` `chats/` `chat/turn.ts → begin` `index.ts → createSpecchat` `protocols/example/a.ts`";
  expect(await findMissingPaths(page)).toEqual(["chat/turns.ts", "chats/"]);
  expect(await findMissingSymbols(page)).toEqual(["chat/turn.ts → begin"]);
  const text =
    "export class A {\n  readonly b: string;\n  async c(): Promise<void> {\n    d();\n  }\n}\nconst e = 1;\n";
  const declared = ["A", "A.b", "A.c", "e"].map((symbol) => declares(text, symbol));
  const undeclared = ["B", "A.d", "A.e", "c"].map((symbol) => declares(text, symbol));
  expect([...declared, ...undeclared]).toEqual([true, true, true, true, false, false, false, false]);
});
