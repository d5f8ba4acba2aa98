/**
 * Completes inline text that grows: closes emphasis, code and elements that are open, and leaves out links, formulas and marks that have only
 * begun. One pass over the text, with the rules of CommonMark for which marks open and close: https://spec.commonmark.org/0.31.2/#inlines
 */
import { looksLikeFormula } from "./math/syntax.ts";

/** Something that is open: emphasis, the label of a link, or an element. */
interface Opener {
  /** `*`, `_`, `~`, `[`, or the name of an element. */
  readonly mark: string;
  /** Number of its characters that are not closed yet. */
  readonly count: number;
  /** Where it begins. */
  readonly at: number;
}

/** What a construct at an offset is. */
interface Step {
  /** Where the text goes on. */
  readonly next: number;
  readonly openers: readonly Opener[];
  /** The text as far as it can be shown. Nothing behind it is. */
  readonly cut?: string;
  /** Closes code, in which the text ends. */
  readonly code?: string;
}

/** Returns the text as it is shown while more follows. */
export function closeInline(source: string): string {
  const text = cutEnd(source);
  let openers: readonly Opener[] = [];
  for (let at = skipPlain(text, 0); at < text.length; ) {
    const step = readConstruct(text, at, openers);
    if (step.cut !== undefined) return closeInline(step.cut);
    if (step.code !== undefined)
      return withoutLabels(text, step.openers) + step.code + closeAll(step.openers);
    openers = step.openers;
    at = skipPlain(text, step.next);
  }
  return withoutLabels(text, openers) + closeAll(openers);
}

/** Removes marks at the end that mean nothing yet. Those that were closing ones are added again. */
function cutEnd(source: string): string {
  const text = source.trimEnd().replace(DANGLING, "");
  return text.length === source.length ? text : cutEnd(text);
}

/** Matches marks, a begun entity, escape, label or footnote at the end. */
const DANGLING =
  /(?:\\?[*_~`]+|&[a-z#0-9]*|(?<!\\)(?:\\\\)*\\|\$|!?\[\^?|\[\^[^\s[\]]{0,80}|(?<=\w)\[[^[\]\n]{0,40}|!)$/i;

const PLAIN = /[^\\`$[\]<*_~]*/y;

function skipPlain(text: string, at: number): number {
  PLAIN.lastIndex = at;
  PLAIN.exec(text);
  return PLAIN.lastIndex;
}

function readConstruct(text: string, at: number, openers: readonly Opener[]): Step {
  switch (text.charAt(at)) {
    case "\\":
      return readEscape(text, at, openers);
    case "`":
      return readCode(text, at, openers);
    case "$":
      return readDollar(text, at, openers);
    case "[":
      return readLabel(text, at, openers);
    case "]":
      return endLabel(text, at, openers);
    case "<":
      return readTag(text, at, openers);
    default:
      return readEmphasis(text, at, openers);
  }
}

/** Matches at an offset. */
function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Half of a formula is not readable. */
function readEscape(text: string, at: number, openers: readonly Opener[]): Step {
  const close = { "(": "\\)", "[": "\\]" }[text.charAt(at + 1)];
  if (close === undefined) return { next: at + 2, openers };
  const end = text.indexOf(close, at + 2);
  return end < 0 ? { next: at, openers, cut: text.slice(0, at) } : { next: end + 2, openers };
}

function readCode(text: string, at: number, openers: readonly Opener[]): Step {
  const run = matchAt(/`+/y, text, at)?.[0] ?? "`";
  const end = matchAt(new RegExp(`(?<!\`)${run}(?!\`)`, "g"), text, at + run.length);
  return end === null ? { next: at, openers, code: run } : { next: end.index + run.length, openers };
}

function readDollar(text: string, at: number, openers: readonly Opener[]): Step {
  if (text.startsWith("$$", at)) {
    const end = text.indexOf("$$", at + 2);
    return end < 0 ? { next: at, openers, cut: text.slice(0, at) } : { next: end + 2, openers };
  }
  const [formula = "", inner = ""] = matchAt(FORMULA, text, at) ?? [];
  if (looksLikeFormula(inner)) return { next: at + formula.length, openers };
  const isOpen = !/\w/.test(text.charAt(at - 1)) && matchAt(OPEN_FORMULA, text, at) !== null;
  return isOpen ? { next: at, openers, cut: text.slice(0, at) } : { next: at + 1, openers };
}

const FORMULA = /\$([^\s$](?:[^$\n]*[^\s\\$])?)\$(?![\p{L}\p{N}])/uy;

/** Matches a dollar before TeX or a name that has not ended. Others are prices. */
const OPEN_FORMULA = /\$(?:(?!\s)[^$\n]*[\\^_=][^$\n]*|[a-z][^\s$]*)$/iy;

function readLabel(text: string, at: number, openers: readonly Opener[]): Step {
  const footnote = matchAt(/\[\^[^\s[\]]{1,80}\]/y, text, at);
  if (footnote !== null) return { next: at + footnote[0].length, openers };
  const start = text.charAt(at - 1) === "!" ? at - 1 : at;
  return { next: at + 1, openers: [...openers, { mark: "[", count: 1, at: start }] };
}

function endLabel(text: string, at: number, all: readonly Opener[]): Step {
  const index = all.findLastIndex(({ mark }) => mark === "[");
  const opener = all[index];
  if (opener === undefined) return { next: at + 1, openers: all };
  const openers = all.filter((one, other) => other < index || (other > index && isElement(one)));
  const isIndex = /[\w\]\\]/.test(text.charAt(opener.at - 1));
  const label = text.slice(0, opener.at) + text.slice(endOfMark(text, opener.at), at);
  const isLone = at === text.length - 1 && !isIndex;
  if (
    isLone ||
    matchAt(OPEN_ADDRESS, text, at + 1) !== null ||
    (!isIndex && matchAt(OPEN_REFERENCE, text, at + 1) !== null)
  )
    return { next: at, openers, cut: label };
  const [address = ""] = matchAt(ADDRESS, text, at + 1) ?? matchAt(REFERENCE, text, at + 1) ?? [];
  return { next: at + 1 + address.length, openers };
}

/** Matches the address of a link, with its title. */
const ADDRESS =
  /\(\s*(?:<[^<>\n]*>|(?:[^\s<()\\]|\\.|\([^\s()]*\))*)(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)/y;
/** Matches an address up to the end of the text, or the beginning of its title. */
const OPEN_ADDRESS =
  /\(\s*(?:<[^<>\n]*|(?:<[^<>\n]*>|(?:[^\s<()\\]|\\.|\([^\s()]*\))*(?:\([^\s()]*)?)(?:\s+(?:"[^"]*"?|'[^']*'?|\([^()]*\)?)?)?\s*)$/y;
const REFERENCE = /\[[^[\]\n]*\]/y;
const OPEN_REFERENCE = /\[[^[\]\n]*$/y;

function readTag(text: string, at: number, openers: readonly Opener[]): Step {
  const [tag] = matchAt(/<[a-z/!][^<>]*>/iy, text, at) ?? [];
  if (tag === undefined)
    return matchAt(OPEN_TAG, text, at) === null
      ? { next: at + 1, openers }
      : { next: at, openers, cut: text.slice(0, at) };
  const [, slash, name = ""] = /^<(\/?)(sub|sup|kbd)>$/i.exec(tag) ?? [];
  const next = at + tag.length;
  if (name === "") return { next, openers };
  if (slash === "") return { next, openers: [...openers, { mark: name, count: 1, at }] };
  const index = openers.findLastIndex(({ mark }) => mark.toLowerCase() === name.toLowerCase());
  return { next, openers: openers.filter((_, other) => other !== index) };
}

/** Matches a tag or an address in angle brackets that has begun. Not a comparison, whose sign a space follows. */
const OPEN_TAG = /<(?:\/?[a-z][^\s<>]*|[a-z][\w-]*\s[^<>\n]{0,200}|[/!]?)$/iy;

const isElement = ({ mark }: Opener) => mark.length > 1;

function readEmphasis(text: string, at: number, openers: readonly Opener[]): Step {
  const mark = text.charAt(at);
  let end = at + 1;
  while (text.charAt(end) === mark) end += 1;
  const count = end - at;
  const { canOpen, canClose } = readFlanks(mark, text.charAt(at - 1), text.charAt(end));
  if (mark === "~" && count !== 2) return { next: end, openers };
  const closed = canClose ? closeEmphasis(openers, mark, count) : { openers, count };
  if (closed.count === 0 || !canOpen) return { next: end, openers: closed.openers };
  return { next: end, openers: [...closed.openers, { mark, count: closed.count, at }] };
}

/** Returns whether a run of marks opens and closes: https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run */
function readFlanks(mark: string, before: string, after: string) {
  const isSpace = (character: string) => character === "" || /\s/.test(character);
  const isPunctuation = (character: string) => /[\p{P}\p{S}]/u.test(character);
  const isLeft = !isSpace(after) && (!isPunctuation(after) || isSpace(before) || isPunctuation(before));
  const isRight = !isSpace(before) && (!isPunctuation(before) || isSpace(after) || isPunctuation(after));
  if (mark !== "_") return { canOpen: isLeft, canClose: isRight };
  return {
    canOpen: isLeft && (!isRight || isPunctuation(before)),
    canClose: isRight && (!isLeft || isPunctuation(after)),
  };
}

/** Closes what a run of marks closes: the last openers with the same mark in the same label. Emphasis that is open within them is none. */
function closeEmphasis(all: readonly Opener[], mark: string, run: number) {
  let openers = all;
  let count = run;
  while (count > 0) {
    const index = openers.findLastIndex((one) => one.mark === mark);
    const opener = openers[index];
    if (opener === undefined || openers.slice(index).some((one) => one.mark === "[")) break;
    const used = count >= 2 && opener.count >= 2 ? 2 : 1;
    const rest = opener.count > used ? [{ ...opener, count: opener.count - used }] : [];
    openers = [...openers.slice(0, index), ...rest, ...openers.slice(index + 1).filter(isElement)];
    count -= used;
  }
  return { openers, count };
}

/** Returns the text without the marks of the labels that are open. */
function withoutLabels(text: string, openers: readonly Opener[]): string {
  let shown = "";
  let from = 0;
  for (const { mark, at } of openers) {
    if (mark !== "[") continue;
    shown += text.slice(from, at);
    from = endOfMark(text, at);
  }
  return shown + text.slice(from);
}

const endOfMark = (text: string, at: number) => at + (text.charAt(at) === "!" ? 2 : 1);

function closeAll(openers: readonly Opener[]): string {
  const ends = openers.map((opener) => {
    if (opener.mark === "[") return "";
    return isElement(opener) ? `</${opener.mark}>` : opener.mark.repeat(opener.count);
  });
  return ends.reverse().join("");
}
