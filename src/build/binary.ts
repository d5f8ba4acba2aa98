/**
 * `bun run build` compiles dist/specchat, one executable for this machine. `--all` compiles one for each platform and
 * writes SHA256SUMS. The page is built first and embedded in place of the module that builds it from source.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { buildPage } from "../page/bundle.ts";
import { embedPage } from "./embedded-page.ts";

const root = Bun.fileURLToPath(new URL("../../", import.meta.url));

/** The workers, modules of their own in the executable: the constant that names each → its path in `src`, without extension. */
const WORKERS: Readonly<Record<string, string>> = {
  READ_WORKER: "openapi/read-worker",
  RESULTS_WORKER: "results/worker",
  HTTP_WORKER: "tools/http/worker",
};

/** Compile target → file name. */
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
  /** The compile target; this machine when undefined. */
  readonly platform?: string | undefined;
  readonly plugins?: readonly Bun.BunPlugin[];
}

/** Compiles an executable and resolves to its size in bytes. @throws AggregateError with every error in the sources. */
export async function compile({ entry, outfile, platform, plugins = [] }: CompileOptions): Promise<number> {
  await Bun.build({
    entrypoints: [entry, ...Object.values(WORKERS).map((path) => `${root}src/${path}.ts`)],
    define: Object.fromEntries(
      Object.entries(WORKERS).map(([name, path]) => [name, JSON.stringify(`./${path}.js`)]),
    ),
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
      // specchat reads .env itself. A bunfig.toml in the working directory must not change how it runs.
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

/** Builds the page into a temporary folder, which exists while `callback` runs. */
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
  const outputName = process.platform === "win32" ? "specchat.exe" : "specchat";
  const all = Object.fromEntries(Object.entries(PLATFORMS).map(([platform, name]) => [name, platform]));
  await build(isAll ? all : { [outputName]: undefined });
}
