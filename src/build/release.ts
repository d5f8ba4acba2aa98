/**
 * `bun run release [--only PLATFORM,…] [--out FOLDER] [--url URL] [--compression 1-9]` builds the files of a release: an executable for each
 * platform, packages for Debian and RPM, the install script, the licenses, the bill of materials, the notes of the
 * version, and SHA256SUMS. The same commit gives the same bytes. `--url` is where the install script downloads from.
 */
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import packageJson from "../../package.json" with { type: "json" };
import { readNotices } from "../commands/licenses/notices.ts";
import { listPackages } from "../commands/licenses/packages.ts";
import { buildExecutables, PLATFORMS } from "./binary.ts";
import { selectNotes } from "./release/changelog.ts";
import { buildDebianPackage, buildRpmPackage } from "./release/linux-packages.ts";
import { formatPackageTexts, type PackageTexts } from "./release/package-texts.ts";
import { formatSbom } from "./release/sbom.ts";

const root = Bun.fileURLToPath(new URL("../../", import.meta.url));
const { version } = packageJson;

/** The compile targets with packages: the processor as Bun, Debian and RPM name it. */
const PACKAGED = [
  ["bun-linux-x64", "amd64", "x86_64"],
  ["bun-linux-arm64", "arm64", "aarch64"],
] as const;

interface Release {
  readonly folder: string;
  /** Compile targets. */
  readonly platforms: readonly string[];
  /** Where the install script downloads from; empty for the folder that has the script. */
  readonly url: string;
  /** The level of gzip in packages, 1 to 9. */
  readonly compression: number;
  /** Unix seconds of the commit. */
  readonly date: number;
}

async function buildRelease(release: Release): Promise<void> {
  const { folder, platforms, url, date } = release;
  await mkdir(folder, { recursive: true });
  await buildExecutables(new Map(platforms.map((name) => [`${folder}/${PLATFORMS[name]}`, name])));
  const licenses = await readNotices();
  const texts = formatPackageTexts({ version, licenses });
  const packages = await buildPackages(release, texts);
  const sbom = formatSbom({
    version,
    runtime: Bun.version,
    packages: await listPackages(),
    date: new Date(date * 1000),
  });
  const script = await Bun.file(`${import.meta.dir}/release/install.sh`).text();
  const files: Readonly<Record<string, string>> = {
    "LICENSES.txt": licenses,
    [`specchat-${version}.cdx.json`]: sbom,
    "RELEASE-NOTES.md": selectNotes(await Bun.file(`${root}CHANGELOG.md`).text(), version),
    "install.sh": script.replaceAll("@VERSION@", version).replaceAll("@FROM@", url),
  };
  for (const [name, text] of Object.entries(files)) await Bun.write(`${folder}/${name}`, text);
  await chmod(`${folder}/install.sh`, 0o755);
  const names = [...platforms.map((name) => PLATFORMS[name] ?? name), ...packages, ...Object.keys(files)];
  const sums = await Promise.all(
    names.sort().map(async (name) => `${await sha256(`${folder}/${name}`)}  ${name}\n`),
  );
  await Bun.write(`${folder}/SHA256SUMS`, sums.join(""));
  process.stdout.write(`${names.length} files and SHA256SUMS in ${folder}\n`);
}

/** Builds the packages of the platforms that have some. Returns their file names. */
async function buildPackages(
  { folder, platforms, compression, date }: Release,
  texts: PackageTexts,
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const [platform, debian, rpm] of PACKAGED) {
    if (!platforms.includes(platform)) continue;
    const work = await mkdtemp(`${tmpdir()}/specchat-package-`);
    const executable = `${folder}/${PLATFORMS[platform]}`;
    const files = [`specchat_${version}_${debian}.deb`, `specchat-${version}.${rpm}.rpm`] as const;
    try {
      const options = { executable, version, texts, folder: work, compression, date };
      await buildDebianPackage({ ...options, processor: debian, outfile: `${folder}/${files[0]}` });
      await buildRpmPackage({ ...options, processor: rpm, outfile: `${folder}/${files[1]}` });
    } finally {
      await rm(work, { recursive: true });
    }
    names.push(...files);
    for (const name of files) process.stdout.write(`${name}\n`);
  }
  return names;
}

async function sha256(path: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(path).stream()) hash.update(chunk);
  return hash.digest("hex");
}

/** Returns the compile targets of `linux-x64,darwin-arm64`; all when undefined. @throws Error for an unknown one. */
function readPlatforms(only: string | undefined): readonly string[] {
  const all = Object.keys(PLATFORMS);
  if (only === undefined) return all;
  const platforms = only.split(",").map((name) => `bun-${name}`);
  const unknown = platforms.find((name) => !all.includes(name));
  if (unknown === undefined) return platforms;
  throw new Error(`--only ${only}: the platforms are ${all.map((name) => name.slice(4)).join(", ")}`);
}

/** @throws Error unless the text is a digit from 1 to 9. */
function readLevel(text: string): number {
  if (/^[1-9]$/.test(text)) return Number(text);
  throw new Error(`--compression ${text}: the levels are 1 to 9`);
}

/** Returns SOURCE_DATE_EPOCH, else the time of the commit. @throws Error when there is neither. */
async function readDate(): Promise<number> {
  const set = process.env.SOURCE_DATE_EPOCH;
  const text = set ?? (await Bun.$`git -C ${root} log -1 --format=%ct`.quiet().text());
  const date = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(date)) return date;
  throw new Error("There is no commit to take the time from. Set SOURCE_DATE_EPOCH to Unix seconds.");
}

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    out: { type: "string" },
    url: { type: "string" },
    compression: { type: "string" },
  },
});
await buildRelease({
  folder: resolve(values.out ?? `${root}dist/release`),
  platforms: readPlatforms(values.only),
  url: values.url ?? "",
  compression: readLevel(values.compression ?? "6"),
  date: await readDate(),
});
