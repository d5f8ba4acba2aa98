/** Builds the page from the sources in ui/. The compiled binary contains the result and does not need the sources. */

/** One file of the built page. */
export interface BuiltFile {
  /** The path relative to the page. `""` is the page itself, a template for `renderIndex`. */
  readonly path: string;
  readonly contentType: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/**
 * Builds all files of the page.
 * @throws AggregateError with every error in the sources.
 */
export async function buildPage(): Promise<readonly BuiltFile[]> {
  const fonts = await Promise.all(FONTS.map(loadFont));
  const { outputs } = await Bun.build({
    entrypoints: [resolvePath("../../ui/main.tsx")],
    target: "browser",
    minify: true,
    // What only some conversations need is loaded when they do.
    splitting: true,
    external: ["*.woff2"],
    define: { "process.env.NODE_ENV": '"production"' },
    naming: { entry: "[name]-[hash].[ext]", chunk: "[name]-[hash].[ext]", asset: "[name]-[hash].[ext]" },
  });
  const files = await Promise.all(
    outputs.map(async (output) => {
      const path = output.path.replace(/^\.?\//, "");
      const body = await output.text();
      return path.endsWith(".css")
        ? { path, contentType: "text/css; charset=utf-8", body: withHashedFonts(body, fonts) }
        : { path, contentType: "text/javascript; charset=utf-8", body };
    }),
  );
  const script = outputs.find(({ kind }) => kind === "entry-point")?.path.replace(/^\.?\//, "");
  if (script === undefined) throw new Error("the page build produced no entry");
  const html = await Bun.file(resolvePath("../../ui/index.html")).text();
  const index = html
    .replace("{{script}}", script)
    .replace("{{style}}", findOutputPath(files, ".css"));
  return [
    { path: "", contentType: "text/html; charset=utf-8", body: index },
    ...files,
    ...fonts.map(({ path, body }) => ({ path, contentType: "font/woff2", body })),
  ];
}

/** The fonts, by their names in fonts.css. Only the Latin subset: the others would triple the size of the page. */
const FONTS = [
  ["inter", "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"],
  ["jetbrains-mono", "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2"],
] as const;

interface Font {
  readonly name: string;
  readonly path: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

async function loadFont([name, file]: (typeof FONTS)[number]): Promise<Font> {
  const body = new Uint8Array(await Bun.file(Bun.resolveSync(file, import.meta.dir)).arrayBuffer());
  return { name, path: `${name}-${Bun.hash(body).toString(36)}.woff2`, body };
}

function withHashedFonts(css: string, fonts: readonly Font[]): string {
  return fonts.reduce((text, { name, path }) => text.replaceAll(`${name}.woff2`, path), css);
}

function findOutputPath(files: readonly { path: string }[], extension: string): string {
  const file = files.find(({ path }) => path.endsWith(extension));
  if (file === undefined) throw new Error(`the page build produced no ${extension} file`);
  return file.path;
}

function resolvePath(path: string): string {
  return Bun.fileURLToPath(new URL(path, import.meta.url));
}
