/** Finds paths and symbols that a page for contributors names in inline code but that do not exist. */

/** Returns the inline code of a page. Blocks of code are left out. */
export function inlineCodeOf(markdown: string): readonly string[] {
  const text = markdown.replace(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
}

/** Returns the paths of a page: names of source files and folders, which end with `/`. Paths of an example to write are left out. */
export function pathsOf(markdown: string): readonly string[] {
  return inlineCodeOf(markdown)
    .map((code) => code.split(" → ")[0] ?? "")
    .filter((path) => /^[\w[][\w.[\]/-]*(\/|\.(ts|tsx|md|json|toml))$/.test(path))
    .filter((path) => !/\bexample\b/.test(path));
}

/** Returns the references of the form `path → symbol`. */
export function symbolsOf(markdown: string): readonly { readonly path: string; readonly symbol: string }[] {
  return inlineCodeOf(markdown).flatMap((code) => {
    const [path = "", symbol] = code.split(" → ");
    return symbol === undefined ? [] : [{ path, symbol }];
  });
}

/** Returns whether a source text declares a symbol: `name`, or `Type.member`, where `Type` is a declaration with a body. */
export function declares(text: string, symbol: string): boolean {
  const [name = "", member] = symbol.split(".");
  const declaration = new RegExp(
    `^(?:export )?(?:default )?(?:abstract )?(?:async )?(?:function\\*? |class |interface |type |const )${name}\\b`,
    "m",
  );
  const start = text.search(declaration);
  if (start === -1 || member === undefined) return start !== -1;
  const body = text.slice(start, text.indexOf("\n}", start));
  const modifiers = "(?:static |async |readonly |get |set |\\*)*";
  return new RegExp(`\\n  ${modifiers}${member}[?]?\\s*[(<:=;]`).test(body);
}
