/** Builds the page from the sources in ui/. The compiled binary contains the result and does not need the sources. */
import { ICONS, WIDGET } from "./file-names.ts";
import { joinChunks } from "./join-chunks.ts";

/** One file of the built page. */
export interface BuiltFile {
  /** The path relative to the page. `""` is the page itself, a template for `renderIndex`. */
  readonly path: string;
  readonly contentType: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** The body, compressed at the highest level. Only in the executable, because that takes a second. */
  readonly brotli?: Uint8Array<ArrayBuffer>;
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
    splitting: true,
    plugins: [joinChunks(resolvePath("../../ui"))],
    external: ["*.woff2"],
    define: { "process.env.NODE_ENV": '"production"' },
    naming: { entry: "[name]-[hash].[ext]", chunk: "[name]-[hash].[ext]", asset: "[name]-[hash].[ext]" },
  });
  const files = await Promise.all(
    outputs.map(async (output) => {
      const path = relativePath(output);
      const body = await output.text();
      return path.endsWith(".css")
        ? { path, contentType: "text/css; charset=utf-8", body: withHashedFonts(body, fonts) }
        : { path, contentType: "text/javascript; charset=utf-8", body };
    }),
  );
  const widget = await Bun.build({
    entrypoints: [resolvePath("../../ui/widget/widget.ts")],
    target: "browser",
    format: "iife",
    minify: true,
  });
  const icons = await Promise.all(ICONS.map(loadIcon));
  const html = await Bun.file(resolvePath("../../ui/index.html")).text();
  const index = html
    .replace("{{script}}", findOutputPath(outputs, "entry-point", ".js"))
    .replace("{{style}}", findOutputPath(outputs, "asset", ".css"));
  return [
    { path: "", contentType: "text/html; charset=utf-8", body: index },
    {
      path: WIDGET,
      contentType: "text/javascript; charset=utf-8",
      body: (await widget.outputs[0]?.text()) ?? "",
    },
    ...files,
    ...icons,
    ...fonts.map(({ path, body }) => ({ path, contentType: "font/woff2", body })),
  ];
}

/** The fonts, by their names in fonts.css. Only the Latin subset: the others would triple the size of the page. */
const FONTS = [
  ["inter", "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"],
  ["jetbrains-mono", "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2"],
] as const;

async function loadIcon(path: string): Promise<BuiltFile> {
  const body = new Uint8Array(await Bun.file(resolvePath(`../../ui/icons/${path}`)).arrayBuffer());
  return { path, contentType: "image/png", body };
}

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

/** Finds the file that the page loads first. Other files of the same kind are loaded when they are needed. */
function findOutputPath(
  outputs: readonly Bun.BuildArtifact[],
  kind: Bun.BuildArtifact["kind"],
  extension: string,
): string {
  const output = outputs.find((file) => file.kind === kind && file.path.endsWith(extension));
  if (output === undefined) throw new Error(`the page build produced no ${extension} file`);
  return relativePath(output);
}

function relativePath({ path }: Bun.BuildArtifact): string {
  return path.replace(/^\.?\//, "");
}

function resolvePath(path: string): string {
  return Bun.fileURLToPath(new URL(path, import.meta.url));
}
