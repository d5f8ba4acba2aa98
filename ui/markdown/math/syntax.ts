/**
 * Reads TeX in running text: `\(a\)`, `\[a\]`, `$$a$$` and `$a$`. Single dollars are prices more often than formulas, so what is
 * between them must look like a formula. An extension of micromark: https://github.com/micromark/micromark#extensions
 */
import type { Extension as TreeExtension } from "mdast-util-from-markdown";
import type {
  Construct,
  State,
  Extension as SyntaxExtension,
  Tokenizer,
  TokenType,
} from "micromark-util-types";

/** A formula. `isDisplay` puts it on lines of its own. */
export interface MathNode {
  readonly type: "math";
  readonly value: string;
  readonly isDisplay: boolean;
}

const DOLLAR = 36;
const BACKSLASH = 92;
/** CR, LF and CRLF. */
const LINE_ENDINGS: ReadonlySet<number | null> = new Set([-5, -4, -3]);

const FORMULA = "math" as TokenType;
const TEXT = "mathText" as TokenType;

const tokenize: Tokenizer = (effects, ok, nok) => {
  let text = "";

  const read: State = (code) => {
    if (isFormula(text, code)) {
      effects.exit(TEXT);
      effects.exit(FORMULA);
      return ok(code);
    }
    if (code === null || isHopeless(text)) return nok(code);
    const isLineEnding = LINE_ENDINGS.has(code);
    if (isLineEnding) {
      effects.exit(TEXT);
      effects.enter("lineEnding");
    }
    text += isLineEnding ? "\n" : code < 0 ? " " : String.fromCharCode(code);
    effects.consume(code);
    if (isLineEnding) {
      effects.exit("lineEnding");
      effects.enter(TEXT);
    }
    return read;
  };

  return (code) => {
    effects.enter(FORMULA);
    effects.enter(TEXT);
    return read(code);
  };
};

/** Returns whether a text is a complete formula with its marks. `next` is the code after it. */
function isFormula(text: string, next: number | null): boolean {
  const inner = text.slice(2, -2);
  if (text.startsWith("$$")) return text.endsWith("$$") && inner.trim() !== "";
  if (text.startsWith("\\"))
    return isClosedBracket(text) && (/[+*<>]/.test(inner) || looksLikeFormula(inner));
  return isClosedDollar(text) && looksLikeFormula(text.slice(1, -1)) && !isWordCode(next);
}

/** Returns whether a text cannot become a formula. */
function isHopeless(text: string): boolean {
  if (text.length > MAX_LENGTH) return true;
  if (text.length < 2) return false;
  if (text.startsWith("\\")) return !/^\\[([]/.test(text) || isClosedBracket(text);
  return text.startsWith("$$") ? text.charAt(2) === "$" : /^\$\s|\n/.test(text) || isClosedDollar(text);
}

const MAX_LENGTH = 5_000;

const isClosedBracket = (text: string) =>
  text.length > 4 && text.endsWith(text.charAt(1) === "(" ? "\\)" : "\\]");
const isClosedDollar = (text: string) => text.length > 2 && /[^\\\s]\$$/.test(text);

/** Returns whether a text is TeX and not a price, a path or an escaped bracket. */
export function looksLikeFormula(text: string): boolean {
  return /[\\^_=]/.test(text) || /^\s*[a-z]\s*$/i.test(text);
}

function isWordCode(code: number | null): boolean {
  return code !== null && code > 0 && /[\p{L}\p{N}]/u.test(String.fromCharCode(code));
}

const construct: Construct = { name: "math", tokenize, previous: (code) => code !== DOLLAR };

export const mathSyntax: SyntaxExtension = { text: { [DOLLAR]: construct, [BACKSLASH]: construct } };

export const mathFromMarkdown: TreeExtension = {
  enter: {
    [FORMULA](token) {
      this.enter({ type: "math", value: "", isDisplay: false } as never, token);
    },
  },
  exit: {
    [FORMULA](token) {
      const source = this.sliceSerialize(token);
      const marks = /^(?:\$\$|\\)/.test(source) ? 2 : 1;
      const node = this.stack.at(-1) as unknown as { -readonly [Key in keyof MathNode]: MathNode[Key] };
      node.value = source.slice(marks, -marks);
      node.isDisplay = /^(?:\$\$|\\\[)/.test(source);
      this.exit(token);
    },
  },
};
