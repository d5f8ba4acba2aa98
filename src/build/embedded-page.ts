/** Embeds the built page in the executable, with a plugin that replaces the modules that build it from the sources. */
import { mkdir } from "node:fs/promises";
import { brotliCompressSync, constants } from "node:zlib";
import type { BuiltFile } from "../page/bundle.ts";

/** A module that is replaced. */
export interface EmbeddedModule {
  /** The file in src/page, without extension. */
  readonly module: string;
  /** The function that it exports. */
  readonly name: string;
  /** What the function resolves to. */
  readonly files: readonly BuiltFile[];
  /** From 1 to 11. The last two steps take 20 times as long as all others, and save a tenth. */
  readonly quality: number;
}

/**
 * Returns the plugin. The page's files are embedded as files, not as constants of a module, so a start reads none of them.
 * `folder` must exist until the build is done.
 */
export async function embedPage(modules: readonly EmbeddedModule[], folder: string): Promise<Bun.BunPlugin> {
  const contents = new Map<string, string>();
  for (const embedded of modules) {
    await mkdir(`${folder}/${embedded.module}`);
    contents.set(embedded.module, await writeModule(embedded, `${folder}/${embedded.module}`));
  }
  return {
    name: "embedded-page",
    setup(build) {
      for (const [module, text] of contents)
        build.onLoad({ filter: new RegExp(`[\\\\/]src[\\\\/]page[\\\\/]${module}\\.ts$`) }, () => ({
          contents: text,
          loader: "js",
        }));
    },
  };
}

/** Returns the source of a module. Texts are embedded compressed only: nearly every browser takes them like that. */
async function writeModule({ name, files, quality }: EmbeddedModule, folder: string): Promise<string> {
  const compress = (text: string) =>
    brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } });
  const imports: string[] = [];
  /** Returns the name of a file that is embedded. */
  async function embed(path: string, body: string | Uint8Array): Promise<string> {
    const file = `${folder}/${imports.length}-${path}`;
    await Bun.write(file, body);
    imports.push(`import file${imports.length} from ${JSON.stringify(file)} with { type: "file" };`);
    return `file${imports.length - 1}`;
  }
  const entries: string[] = [];
  for (const { path, contentType, body } of files) {
    const file = path === "" ? "index.html" : path.replaceAll("/", "-");
    const fields = `path: ${JSON.stringify(path)}, contentType: ${JSON.stringify(contentType)}`;
    // The page itself is a template.
    if (typeof body === "string" && path !== "")
      entries.push(`{ ${fields}, ...(await unpack(${await embed(`${file}.br`, compress(body))})) }`);
    else
      entries.push(
        `{ ${fields}, body: await Bun.file(${await embed(file, body)}).${typeof body === "string" ? "text" : "bytes"}() }`,
      );
  }
  return `import { brotliDecompressSync } from "node:zlib";
${imports.join("\n")}
async function unpack(file) {
  const brotli = await Bun.file(file).bytes();
  return { body: brotliDecompressSync(brotli).toString(), brotli };
}
export async function ${name}() {
  return [${entries.join(", ")}];
}`;
}
