/** `bun run docs` writes the documentation that is generated from the settings, the models, the tests and the lock file. `--check` fails when it is out of date. */
import { CLIENT_DOCS, CLIENTS_PAGE, formatClientsTable, LOCK_FILE } from "./client-docs.ts";
import { formatErrorSections } from "./error-docs.ts";
import { formatModelApisTable, formatModelsTable } from "./model-docs.ts";
import { formatProtocolTable, PROTOCOL_DOCS } from "./protocol-docs.ts";
import { formatEnvironmentExample, formatSettingsTable } from "./settings-docs.ts";

/** Path from the repository's root → text. */
type Texts = Readonly<Record<string, string>>;

/** Replaces a generated block of a page. @throws Error when the page lacks the markers of the block. */
export function replaceBlock(page: string, name: string, block: string): string {
  const [start, end] = [`<!-- ${name}: written by \`bun run docs\` -->`, `<!-- /${name} -->`];
  const from = page.indexOf(start);
  const to = page.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`no lines "${start}" and "${end}"`);
  return `${page.slice(0, from)}${start}\n\n${block}\n\n${page.slice(to)}`;
}

const SETTINGS_PAGE = "src/manual/settings.md";
const MODELS_PAGE = "src/manual/models.md";
const ERRORS_PAGE = "src/manual/errors.md";
const README = "README.md";

/** The files that {@link generateFiles} reads. */
export const SOURCES: readonly string[] = [
  SETTINGS_PAGE,
  MODELS_PAGE,
  ERRORS_PAGE,
  README,
  CLIENTS_PAGE,
  LOCK_FILE,
  ...CLIENT_DOCS.flatMap(({ files }) => files),
  ...PROTOCOL_DOCS.flatMap(({ page, files }) => [page, ...files]),
];

/** Returns the current text of every generated file. `texts` has the {@link SOURCES}. */
export function generateFiles(texts: Texts): Texts {
  const read = (path: string) => texts[path] ?? "";
  const protocols = PROTOCOL_DOCS.map((protocol) => {
    const table = formatProtocolTable(protocol, texts);
    return [protocol.page, replaceBlock(read(protocol.page), `protocol ${protocol.name}`, table)] as const;
  });
  return {
    ".env.example": formatEnvironmentExample(),
    [SETTINGS_PAGE]: replaceBlock(read(SETTINGS_PAGE), "settings", formatSettingsTable()),
    [MODELS_PAGE]: replaceBlock(
      replaceBlock(read(MODELS_PAGE), "models", formatModelsTable()),
      "model apis",
      formatModelApisTable(),
    ),
    [ERRORS_PAGE]: replaceBlock(read(ERRORS_PAGE), "errors", formatErrorSections()),
    [README]: replaceBlock(read(README), "model apis", formatModelApisTable()),
    [CLIENTS_PAGE]: replaceBlock(read(CLIENTS_PAGE), "clients", formatClientsTable(CLIENT_DOCS, texts)),
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
  const outdated: string[] = [];
  for (const [path, text] of Object.entries(generateFiles(Object.fromEntries(texts)))) {
    if ((await read(path)) === text) continue;
    outdated.push(path);
    if (!isCheck) await Bun.write(root + path, text);
  }
  if (outdated.length > 0)
    process.stdout.write(
      isCheck
        ? `${outdated.join(", ")}: out of date; run "bun run docs"\n`
        : `wrote ${outdated.join(", ")}\n`,
    );
  process.exitCode = isCheck && outdated.length > 0 ? 1 : 0;
}
