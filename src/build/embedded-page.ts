/** Embeds the built page in the executable, with a plugin that replaces src/page/bundle.ts. */
import type { BuiltFile } from "../page/bundle.ts";

/**
 * Returns the plugin. The page's files are embedded as files, not as constants of a module, so a start reads none of them.
 * `folder` must exist until the build is done.
 */
export async function embedPage(files: readonly BuiltFile[], folder: string): Promise<Bun.BunPlugin> {
  const embedded = await Promise.all(
    files.map(async ({ path, contentType, body }, index) => {
      const filePath = `${folder}/${index}-${path === "" ? "index.html" : path.replaceAll("/", "-")}`;
      await Bun.write(filePath, body);
      return { path, contentType, filePath, isText: typeof body === "string" };
    }),
  );
  const imports = embedded.map(
    ({ filePath }, index) => `import file${index} from ${JSON.stringify(filePath)} with { type: "file" };`,
  );
  const entries = embedded.map(
    ({ path, contentType, isText }, index) =>
      `{ path: ${JSON.stringify(path)}, contentType: ${JSON.stringify(contentType)}, body: ${
        isText ? `await Bun.file(file${index}).text()` : `await Bun.file(file${index}).bytes()`
      } }`,
  );
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
