/**
 * Builds the files that draw diagrams from the sources in ui/. They are 20 times the size of the page, so only the first diagram builds or
 * reads them. The compiled binary contains the result.
 */
import type { BuiltFile } from "./bundle.ts";
import { DIAGRAM_FRAME, DIAGRAMS } from "./file-names.ts";

/** Packages that Mermaid would load for a layout and for formulas, which are switched off. */
const UNUSED_PACKAGES = ["katex", "elkjs/*"];

/**
 * Builds all files below `diagrams/`.
 * @throws AggregateError with every error in the sources.
 */
export async function buildDiagrams(): Promise<readonly BuiltFile[]> {
  const { outputs } = await Bun.build({
    entrypoints: [Bun.fileURLToPath(new URL("../../ui/markdown/diagrams/frame.ts", import.meta.url))],
    target: "browser",
    minify: true,
    splitting: true,
    external: UNUSED_PACKAGES,
    define: { "process.env.NODE_ENV": '"production"' },
    naming: { entry: "[name]-[hash].[ext]", chunk: "[name]-[hash].[ext]" },
  });
  const files = await Promise.all(
    outputs.map(async (output) => ({
      path: DIAGRAMS + output.path.replace(/^\.?\//, ""),
      contentType: "text/javascript; charset=utf-8",
      body: await output.text(),
    })),
  );
  const script = outputs.find(({ kind }) => kind === "entry-point")?.path.replace(/^\.?\//, "");
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Diagrams</title>
    <script type="module" src="./${script}"></script>
  </head>
  <body></body>
</html>
`;
  return [{ path: DIAGRAM_FRAME, contentType: "text/html; charset=utf-8", body: html }, ...files];
}
