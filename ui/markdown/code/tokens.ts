/** Highlighted code: texts with the scopes of highlight.js. */

export type Token = string | { readonly scope: string; readonly children: readonly Token[] };

/** Splits tokens into lines without line feeds. A token of several lines becomes one token on each of them. */
export function splitLines(tokens: readonly Token[]): Token[][] {
  const lines: Token[][] = [[]];
  for (const token of tokens) {
    const parts: readonly (readonly Token[])[] =
      typeof token === "string"
        ? token.split("\n").map((text) => (text === "" ? [] : [text]))
        : splitLines(token.children).map((children) =>
            children.length === 0 ? [] : [{ scope: token.scope, children }],
          );
    for (const [index, part] of parts.entries()) {
      if (index > 0) lines.push([]);
      lines.at(-1)?.push(...part);
    }
  }
  return lines;
}
