/** Formats the licenses of what the executable contains. `build/embedded-notices.ts` replaces this module there. */
import packageJson from "../../../package.json" with { type: "json" };
import { type BundledPackage, listPackages } from "./packages.ts";

/** Resolves to the text that `specchat licenses` prints. */
export async function readNotices(): Promise<string> {
  const [license, packages] = await Promise.all([readText("../../../LICENSE"), listPackages()]);
  return formatNotices(license, await readRuntimeLicense(), packages);
}

/** Packages with the same text are listed above it together. */
export function formatNotices(license: string, runtime: string, packages: readonly BundledPackage[]): string {
  const byText = Map.groupBy(packages, ({ text }) => text);
  const groups = [...byText].map(([text, found]) => {
    const names = found.map(({ name, version, license: id }) => `${name} ${version} (${id})`);
    return `${names.join("\n")}\n\n${text}\n`;
  });
  return [
    `specchat ${packageJson.version}\n\n${license.trim()}\n`,
    `Bun ${packageJson.devDependencies.bun}, the runtime in the executable\n\n${runtime.trim()}\n`,
    ...groups,
  ].join(`\n${"=".repeat(80)}\n\n`);
}

/** The page on Bun's licenses that its types contain, without the front matter. */
async function readRuntimeLicense(): Promise<string> {
  const path = Bun.resolveSync("bun-types/docs/project/license.mdx", import.meta.dir);
  return (await Bun.file(path).text()).replace(/^---\n[\s\S]*?\n---\n/, "");
}

async function readText(path: string): Promise<string> {
  return await Bun.file(new URL(path, import.meta.url)).text();
}
