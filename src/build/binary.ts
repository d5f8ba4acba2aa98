/**
 * `bun run build` compiles dist/specchat, one executable for this machine. The page and the licenses are embedded in
 * place of the modules that make them from the sources.
 */
import { mkdir, rm } from "node:fs/promises";
import { relative } from "node:path";
import { buildPage } from "../page/bundle.ts";
import { buildDiagrams } from "../page/diagram-bundle.ts";
import { embedNotices } from "./embedded-notices.ts";
import { embedPage } from "./embedded-page.ts";

const root = Bun.fileURLToPath(new URL("../../", import.meta.url));

/** The workers, modules of their own in the executable: the constant that names each → its path in `src`, without extension. */
const WORKERS: Readonly<Record<string, string>> = {
  READ_WORKER: "openapi/read-worker",
  RESULTS_WORKER: "results/worker",
  HTTP_WORKER: "tools/http/worker",
  JSON_WORKER: "protocols/shared/json-worker",
  CHECKPOINT_WORKER: "store/sqlite/checkpoint-worker",
};

/** Compile target → file name. */
export const PLATFORMS: Readonly<Record<string, string>> = {
  "bun-linux-x64": "specchat-linux-x64",
  "bun-linux-arm64": "specchat-linux-arm64",
  "bun-linux-x64-musl": "specchat-linux-x64-musl",
  "bun-linux-arm64-musl": "specchat-linux-arm64-musl",
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

/**
 * Compiles one executable for each compile target, or for this machine when the target is undefined, and prints their
 * sizes. `names` has the paths of the executables.
 */
export async function buildExecutables(names: ReadonlyMap<string, string | undefined>): Promise<void> {
  // The names of chunks depend on the paths of what they embed: the same commit gives the same bytes.
  const folder = `${root}dist/embedded`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const page = await embedPage(
      [
        { module: "bundle", name: "buildPage", files: await buildPage(), quality: 11 },
        { module: "diagram-bundle", name: "buildDiagrams", files: await buildDiagrams(), quality: 9 },
      ],
      folder,
    );
    const plugins = [page, await embedNotices(folder)];
    for (const [outfile, platform] of names) {
      const size = await compile({ entry: `${root}src/main.ts`, outfile, platform, plugins });
      process.stdout.write(`${relative(root, outfile)}  ${(size / 1e6).toFixed(1)} MB\n`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const name = process.platform === "win32" ? "specchat.exe" : "specchat";
  await mkdir(`${root}dist`, { recursive: true });
  await buildExecutables(new Map([[`${root}dist/${name}`, undefined]]));
}
