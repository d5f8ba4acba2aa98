/**
 * `bun run build`: dist/specchat, one file for this machine. With `--all` one for each platform, and SHA256SUMS.
 * The page is built here and embedded, in the place of the module that builds it from source.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { buildPage } from "../page/bundle.ts";
import { embedPage } from "./embedded-page.ts";

const root = Bun.fileURLToPath(new URL("../../", import.meta.url));

/** Platform → the name of its file. */
const PLATFORMS: Readonly<Record<string, string>> = {
  "bun-linux-x64": "specchat-linux-x64",
  "bun-linux-arm64": "specchat-linux-arm64",
  "bun-linux-x64-musl": "specchat-linux-x64-musl",
  "bun-darwin-x64": "specchat-darwin-x64",
  "bun-darwin-arm64": "specchat-darwin-arm64",
  "bun-windows-x64": "specchat-windows-x64.exe",
};

interface CompileOptions {
  readonly entry: string;
  readonly outfile: string;
  /** Undefined: this machine. */
  readonly platform?: string | undefined;
  readonly plugins?: readonly Bun.BunPlugin[];
}

/** Resolves to the size of the executable in bytes. @throws AggregateError with every mistake in the sources. */
export async function compile({ entry, outfile, platform, plugins = [] }: CompileOptions): Promise<number> {
  await Bun.build({
    entrypoints: [entry],
    target: "bun",
    minify: true,
    bytecode: true,
    format: "esm",
    splitting: true,
    sourcemap: "none",
    plugins: [...plugins],
    compile: {
      outfile,
      ...(isPlatform(platform) ? { target: platform } : {}),
      // Both are read by specchat itself, or by nobody: a stranger's bunfig.toml must not change how it runs.
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    },
  });
  return Bun.file(outfile).size;
}

function isPlatform(platform: string | undefined): platform is Bun.Build.CompileTarget {
  return platform !== undefined && Object.hasOwn(PLATFORMS, platform);
}

/** With the page in a folder of its own for as long as `work` runs. */
async function withPage<T>(callback: (plugin: Bun.BunPlugin) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(`${tmpdir()}/specchat-page-`);
  try {
    return await callback(await embedPage(await buildPage(), folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function sha256(path: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(path).stream()) hash.update(chunk);
  return hash.digest("hex");
}

async function build(names: Readonly<Record<string, string | undefined>>): Promise<void> {
  const folder = `${root}dist`;
  await mkdir(folder, { recursive: true });
  const checksums: string[] = [];
  await withPage(async (page) => {
    for (const [name, platform] of Object.entries(names)) {
      const outfile = `${folder}/${name}`;
      const size = await compile({ entry: `${root}src/main.ts`, outfile, platform, plugins: [page] });
      process.stdout.write(`dist/${name}  ${(size / 1e6).toFixed(1)} MB\n`);
      checksums.push(`${await sha256(outfile)}  ${name}\n`);
    }
  });
  if (Object.keys(names).length > 1) await Bun.write(`${folder}/SHA256SUMS`, checksums.join(""));
}

if (import.meta.main) {
  const isAll = process.argv.includes("--all");
  const here = process.platform === "win32" ? "specchat.exe" : "specchat";
  const all = Object.fromEntries(Object.entries(PLATFORMS).map(([platform, name]) => [name, platform]));
  await build(isAll ? all : { [here]: undefined });
}
