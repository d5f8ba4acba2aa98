/** Embeds the built page in the executable, with a plugin that replaces src/page/bundle.ts. */
import { brotliCompressSync } from "node:zlib";
import type { BuiltFile } from "../page/bundle.ts";

/**
 * Returns the plugin. The page's files are embedded as files, not as constants of a module, so a start reads none of them.
 * `folder` must exist until the build is done.
 */
export async function embedPage(files: readonly BuiltFile[], folder: string): Promise<Bun.BunPlugin> {
  const imports: string[] = [];
  /** Returns the expression of a file that is embedded. */
  async function embed(name: string, body: string | Uint8Array): Promise<string> {
    const path = `${folder}/${imports.length}-${name}`;
    await Bun.write(path, body);
    imports.push(`import file${imports.length} from ${JSON.stringify(path)} with { type: "file" };`);
    return `Bun.file(file${imports.length - 1})`;
  }
  const entries: string[] = [];
  for (const { path, contentType, body } of files) {
    const name = path === "" ? "index.html" : path.replaceAll("/", "-");
    const fields = [`path: ${JSON.stringify(path)}`, `contentType: ${JSON.stringify(contentType)}`];
    const file = await embed(name, body);
    fields.push(`body: await ${file}.${typeof body === "string" ? "text" : "bytes"}()`);
    // The page itself is a template.
    if (typeof body === "string" && path !== "")
      fields.push(`brotli: await ${await embed(`${name}.br`, brotliCompressSync(body))}.bytes()`);
    entries.push(`{ ${fields.join(", ")} }`);
  }
  const contents = `${imports.join("\n")}
export async function buildPage() {
  return [${entries.join(", ")}];
}`;
  return {
    name: "embedded-page",
    setup(build) {
      build.onLoad({ filter: /[\\/]src[\\/]page[\\/]bundle\.ts$/ }, () => ({ contents, loader: "js" }));
    },
  };
}
