/** `bun run docs` writes what is generated from the settings, the models and the tests; `--check` fails where that has drifted. */
import { formatModelsTable } from "./model-docs.ts";
import { formatProtocolTable, PROTOCOL_DOCS } from "./protocol-docs.ts";
import { formatEnvironmentExample, formatSettingsTable } from "./settings-docs.ts";

/** Path from the repository's root → text. */
type Texts = Readonly<Record<string, string>>;

/** @throws Error when the page has no place for the block. */
export function replaceBlock(page: string, name: string, block: string): string {
  const [start, end] = [`<!-- ${name}: written by \`bun run docs\` -->`, `<!-- /${name} -->`];
  const from = page.indexOf(start);
  const to = page.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`no lines "${start}" and "${end}"`);
  return `${page.slice(0, from)}${start}\n\n${block}\n\n${page.slice(to)}`;
}

const SETTINGS_PAGE = "src/manual/settings.md";
const MODELS_PAGE = "src/manual/models.md";

/** The files that {@link generatedFiles} reads. */
export const SOURCES: readonly string[] = [
  SETTINGS_PAGE,
  MODELS_PAGE,
  ...PROTOCOL_DOCS.flatMap(({ page, files }) => [page, ...files]),
];

/** Returns every generated file as it should be. `texts`: the {@link SOURCES} as they are. */
export function generatedFiles(texts: Texts): Texts {
  const read = (path: string) => texts[path] ?? "";
  const protocols = PROTOCOL_DOCS.map((protocol) => {
    const table = formatProtocolTable(protocol, texts);
    return [protocol.page, replaceBlock(read(protocol.page), `protocol ${protocol.name}`, table)] as const;
  });
  return {
    ".env.example": formatEnvironmentExample(),
    [SETTINGS_PAGE]: replaceBlock(read(SETTINGS_PAGE), "settings", formatSettingsTable()),
    [MODELS_PAGE]: replaceBlock(read(MODELS_PAGE), "models", formatModelsTable()),
    ...Object.fromEntries(protocols),
  };
}

if (import.meta.main) {
  const root = `${import.meta.dir}/../../`;
  const read = async (path: string) => {
    const file = Bun.file(root + path);
    return (await file.exists()) ? await file.text() : "";
  };
  const isCheck = process.argv.includes("--check");
  const texts = await Promise.all(SOURCES.map(async (path) => [path, await read(path)] as const));
  const drifted: string[] = [];
  for (const [path, text] of Object.entries(generatedFiles(Object.fromEntries(texts)))) {
    if ((await read(path)) === text) continue;
    drifted.push(path);
    if (!isCheck) await Bun.write(root + path, text);
  }
  if (drifted.length > 0)
    process.stdout.write(
      isCheck
        ? `${drifted.join(" and ")} no longer match the settings, the models and the tests: run "bun run docs"\n`
        : `wrote ${drifted.join(" and ")}\n`,
    );
  process.exitCode = isCheck && drifted.length > 0 ? 1 : 0;
}
