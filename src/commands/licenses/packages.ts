/** Finds the npm packages whose code is part of the executable or of the page, and reads their licenses. */
import { readdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression, such as `MIT`. */
  readonly license: string;
  /** The text of the license and of a NOTICE file. */
  readonly text: string;
  readonly homepage: string | undefined;
}

const root = Bun.fileURLToPath(new URL("../../../", import.meta.url));

/** Files of packages that no module imports: the fonts. */
const FONT_PACKAGES = ["@fontsource-variable/inter", "@fontsource-variable/jetbrains-mono"];

const LICENSE_FILE = /^(licen[cs]e|copying|notice)\b/i;

/**
 * Lists the packages by name and version. Reads the sources: in the executable the result is embedded.
 * @throws Error for a package without a license.
 */
export async function listPackages(): Promise<readonly BundledPackage[]> {
  const workers = await Array.fromAsync(new Bun.Glob("src/**/*worker.ts").scan({ cwd: root }));
  const inputs = await Promise.all([
    listInputs(["src/main.ts", ...workers], "bun"),
    listInputs(["ui/main.tsx"], "browser"),
    // Without what src/page/diagram-bundle.ts leaves out.
    listInputs(["ui/markdown/diagrams/frame.ts"], "browser", ["katex", "elkjs/*"]),
  ]);
  const folders = new Set(inputs.flat().flatMap((path) => findFolder(path) ?? []));
  for (const name of FONT_PACKAGES) folders.add(dirname(Bun.resolveSync(`${name}/package.json`, root)));
  const packages = await Promise.all([...folders].map(readPackage));
  const byKey = new Map(packages.map((found) => [`${found.name}@${found.version}`, found]));
  const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
  return sorted.map((found) => ({ ...found, text: found.text || findText(found, sorted) }));
}

/** Returns the paths of all modules that the bundler reads. */
async function listInputs(
  entries: readonly string[],
  target: "bun" | "browser",
  external: readonly string[] = [],
): Promise<readonly string[]> {
  const { metafile } = await Bun.build({
    entrypoints: entries.map((path) => root + path),
    target,
    metafile: true,
    external: ["*.woff2", ...external],
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return Object.keys(metafile?.inputs ?? {}).map((path) => resolve(path));
}

/** Returns the folder of the package that contains a module. */
function findFolder(path: string): string | undefined {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path)?.[0];
}

async function readPackage(folder: string): Promise<BundledPackage> {
  const { name, version, license: named, homepage } = await Bun.file(`${folder}/package.json`).json();
  const files = (await readdir(folder)).filter((file) => LICENSE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => Bun.file(`${folder}/${file}`).text()));
  const text = texts.map(cleanText).join("\n\n");
  // Some packages have the text of the license only.
  const license = named ?? (/^(?:The )?MIT License\b/.test(text) ? "MIT" : undefined);
  if (typeof license !== "string") throw new Error(`${folder}/package.json names no license`);
  return { name, version, license, homepage, text };
}

/** Returns the text with `\n` at the end of lines, without form feeds and byte order marks. */
function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[\f\uFEFF]/g, "")
    .trim();
}

/** Returns the text of another package with the license. Some packages name a license without its text. */
function findText({ name, license }: BundledPackage, others: readonly BundledPackage[]): string {
  const other = others.find((candidate) => candidate.license === license && candidate.text !== "");
  if (other === undefined)
    throw new Error(`${name} has no license file, and no other package has ${license}`);
  return other.text;
}
