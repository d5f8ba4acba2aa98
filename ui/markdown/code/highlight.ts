/**
 * Colours code that grows. highlight.js cannot continue a text, so lines are highlighted by themselves from the last line at whose end no
 * construct was open, such as a comment. Loaded with the first code block.
 */
import core from "highlight.js/lib/core";
import { LANGUAGES } from "./languages.ts";
import { splitLines, type Token } from "./tokens.ts";

export interface Highlighted {
  readonly code: string;
  /** The tokens of each line. */
  readonly lines: readonly (readonly Token[])[];
  /** Number of lines that later lines do not change, and the length of their text. */
  readonly ended: { readonly lines: number; readonly length: number };
}

const highlighter = core.newInstance();
for (const [name, language] of Object.entries(LANGUAGES)) highlighter.registerLanguage(name, language);

/** Lines after `ended` are highlighted again with each delta while they are shorter than this, else when they have grown by a quarter. */
const EAGER = 2_000;

/** Highlights code. `previous` is the result for code that it begins with; another one is ignored. Returns undefined for an unknown language. */
export function highlightCode(
  code: string,
  language: string,
  previous?: Highlighted,
): Highlighted | undefined {
  const mode = highlighter.getLanguage(language);
  if (mode === undefined) return undefined;
  const known = previous !== undefined && code.startsWith(previous.code) ? previous : undefined;
  const from = known?.ended.length ?? 0;
  const rest = code.length - from;
  if (known !== undefined && rest > EAGER && rest < (known.code.length - from) * 1.25) return known;
  const kept = known?.lines.slice(0, known.ended.lines) ?? [];
  const complete = code.lastIndexOf("\n") + 1;
  if (complete <= from)
    return { ...colour(code, from, kept, language), ended: { lines: kept.length, length: from } };
  const { lines, isAtRoot } = colour(code.slice(0, complete), from, kept, language);
  if (!isAtRoot)
    return { ...colour(code, from, kept, language), ended: { lines: kept.length, length: from } };
  const ended = lines.slice(0, -1);
  return { ...colour(code, complete, ended, language), ended: { lines: ended.length, length: complete } };
}

function colour(code: string, from: number, kept: Highlighted["lines"], language: string) {
  const { tokens, isAtRoot } = tokenize(code.slice(from), language);
  return { code, lines: [...kept, ...splitLines(tokens)], isAtRoot };
}

function tokenize(
  code: string,
  language: string,
): { readonly tokens: readonly Token[]; readonly isAtRoot: boolean } {
  const result = highlighter.highlight(code, { language, ignoreIllegals: true });
  return {
    tokens: (result._emitter as unknown as TokenEmitter).root.children,
    isAtRoot: result._top === highlighter.getLanguage(language),
  };
}

interface OpenToken {
  readonly scope: string;
  readonly children: (string | OpenToken)[];
}

/** Collects tokens instead of HTML. */
class TokenEmitter {
  readonly root: OpenToken = { scope: "", children: [] };
  readonly #stack: OpenToken[] = [this.root];

  addText(text: string): void {
    if (text !== "") this.#stack.at(-1)?.children.push(text);
  }

  startScope(scope: string): void {
    const token = { scope: scope.split(".", 1)[0] ?? "", children: [] };
    this.#stack.at(-1)?.children.push(token);
    this.#stack.push(token);
  }

  endScope(): void {
    this.#stack.pop();
  }

  openNode(scope: string): void {
    this.startScope(scope);
  }

  closeNode(): void {
    this.endScope();
  }

  __addSublanguage({ root }: TokenEmitter): void {
    this.#stack.at(-1)?.children.push(...root.children);
  }

  finalize(): void {}

  toHTML(): string {
    return "";
  }
}

highlighter.configure({ __emitter: TokenEmitter as never });
