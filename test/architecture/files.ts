/** The source files of the repository, and the imports between them. */
import { posix } from "node:path";

/** Path from the repository's root → text. */
export type Files = Readonly<Record<string, string>>;

export interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

/** Reads the files that match any of the patterns. */
export async function readFiles(root: string, ...patterns: string[]): Promise<Files> {
  const files: Record<string, string> = {};
  for (const pattern of patterns)
    for await (const file of new Bun.Glob(pattern).scan({ cwd: root, dot: true }))
      files[file.replaceAll("\\", "/")] = await Bun.file(`${root}/${file}`).text();
  return files;
}

/** Returns every import of one of our own files, as paths from the repository's root. */
export function importsOf(files: Files): readonly Import[] {
  return allImportsOf(files)
    .filter(({ to }) => to.startsWith("."))
    .map(({ from, to, isType }) => ({ from, to: posix.join(posix.dirname(from), to), isType }));
}

/** Returns every import as it is written, packages included. */
export function allImportsOf(files: Files): readonly Import[] {
  return Object.entries(files)
    .filter(([file]) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts"))
    .flatMap(([from, text]) => {
      const loader = from.endsWith("x") ? "tsx" : "ts";
      const values = new Bun.Transpiler({ loader })
        .scanImports(text.replace(/^#!.*/, ""))
        .map(({ path }) => path);
      const typeImport = /^(?:import|export) type [^;]*? from "([^"]+)"/gm;
      const types = [...text.matchAll(typeImport)].map((match) => match[1] ?? "");
      return [
        ...values.map((to) => ({ from, to, isType: false })),
        ...types.map((to) => ({ from, to, isType: true })),
      ];
    });
}

/** Returns the names that a file imports from another, `type` imports included. */
export function importedNames(text: string): readonly { readonly name: string; readonly from: string }[] {
  return [...text.matchAll(/^import (?:type )?(?:\w+, )?\{([^}]*)\} from "([^"]+)"/gm)].flatMap(
    ([, names = "", from = ""]) =>
      names
        .split(",")
        .map((name) =>
          name
            .trim()
            .replace(/^type /, "")
            .replace(/ as .*/, ""),
        )
        .filter(Boolean)
        .map((name) => ({ name, from })),
  );
}

/** Returns a text without its comments. String contents are emptied unless they are templates. */
export function codeOf(text: string): string {
  const comments = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g;
  return text.replace(comments, "").replace(/"(?!node:)(?:[^"\\\n]|\\.)*"/g, '""');
}
