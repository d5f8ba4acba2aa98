/** `bun run docs` writes what is generated from the settings and the tests; with `--check` it fails where that has drifted. */
import { CONTRACT_DOCS, contractTables } from "./protocol-docs.ts";
import { environmentExample, settingsTable } from "./settings-docs.ts";

const CONTRACT_MARKERS = ["<!-- contracts: written by `bun run docs` -->", "<!-- /contracts -->"] as const;
const MARKERS = ["<!-- settings: written by `bun run docs` -->", "<!-- /settings -->"] as const;

/** @throws Error when the page has no place for the block. */
export function replaceBetween(page: string, [start, end]: readonly [string, string], block: string): string {
  const from = page.indexOf(start);
  const to = page.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`no lines "${start}" and "${end}"`);
  return `${page.slice(0, from)}${start}\n\n${block}\n\n${page.slice(to)}`;
}

/** Every generated file as it should be, given the files as they are. `tests`: those of the contracts, path → text. */
export function generatedFiles(
  readme: string,
  tests: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const withSettings = replaceBetween(readme, MARKERS, settingsTable());
  return {
    ".env.example": environmentExample(),
    "README.md": replaceBetween(withSettings, CONTRACT_MARKERS, contractTables(tests)),
  };
}

if (import.meta.main) {
  const root = `${import.meta.dir}/../../`;
  const read = async (path: string) => {
    const file = Bun.file(root + path);
    return (await file.exists()) ? await file.text() : "";
  };
  const drifted: string[] = [];
  const files = CONTRACT_DOCS.flatMap((contract) => contract.files);
  const tests = Object.fromEntries(await Promise.all(files.map(async (file) => [file, await read(file)])));
  for (const [path, text] of Object.entries(generatedFiles(await read("README.md"), tests))) {
    if ((await read(path)) === text) continue;
    drifted.push(path);
    if (!process.argv.includes("--check")) await Bun.write(root + path, text);
  }
  const isCheck = process.argv.includes("--check");
  if (drifted.length > 0)
    process.stdout.write(
      isCheck
        ? `${drifted.join(" and ")} no longer match the settings and the tests: run "bun run docs"\n`
        : `wrote ${drifted.join(" and ")}\n`,
    );
  process.exitCode = isCheck && drifted.length > 0 ? 1 : 0;
}
