/** Embeds the built page in the executable, with a plugin that replaces the modules that build it from the sources. */
import { mkdir } from "node:fs/promises";
import { brotliCompressSync } from "node:zlib";
import type { BuiltFile } from "../page/bundle.ts";

/** The modules of src/page → the function that each exports → the files that it resolves to. */
export type EmbeddedFiles = Readonly<Record<string, readonly [name: string, files: readonly BuiltFile[]]>>;

/**
 * Returns the plugin. The page's files are embedded as files, not as constants of a module, so a start reads none of them.
 * `folder` must exist until the build is done.
 */
export async function embedPage(modules: EmbeddedFiles, folder: string): Promise<Bun.BunPlugin> {
  const contents = new Map<string, string>();
  for (const [module, [name, files]] of Object.entries(modules)) {
    await mkdir(`${folder}/${module}`);
    contents.set(module, await writeModule(name, files, `${folder}/${module}`));
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
async function writeModule(name: string, files: readonly BuiltFile[], folder: string): Promise<string> {
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
      entries.push(
        `{ ${fields}, ...(await unpack(${await embed(`${file}.br`, brotliCompressSync(body))})) }`,
      );
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
