/**
 * A plugin of the bundler that keeps the scripts of the first load in few files. The bundler makes a file for each set of modules that the same
 * lazy modules share with the page: dozens, which browsers request one after the other. So every lazy module imports the page as well.
 * It is loaded by then.
 */
export function joinChunks(ui: string): Bun.BunPlugin {
  return {
    name: "join-chunks",
    async setup(build) {
      const lazy = await findLazyModules(ui);
      build.onLoad({ filter: /[\\/]ui[\\/].*\.tsx?$/ }, async ({ path }) => {
        const text = await Bun.file(path).text();
        const loader = path.endsWith("x") ? "tsx" : "ts";
        return {
          contents: lazy.has(path) ? `${text}\nimport ${JSON.stringify(`${ui}/app.tsx`)};` : text,
          loader,
        };
      });
    },
  };
}

/** Returns the paths of the modules that others load with `import()`. */
async function findLazyModules(ui: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const file of new Bun.Glob("**/*.{ts,tsx}").scan({ cwd: ui, absolute: true }))
    for (const [, path = ""] of (await Bun.file(file).text()).matchAll(/\bimport\("(\.[^"]+)"\)/g))
      found.add(Bun.fileURLToPath(new URL(path, Bun.pathToFileURL(file))));
  return found;
}
