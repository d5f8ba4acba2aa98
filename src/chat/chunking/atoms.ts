/** Finds cuts that do not split a surrogate pair, a character and its combining marks, CRLF, or a terminal escape sequence. */

const ESCAPE = "\u001b";
/** ECMA-48, 5.4: control sequences; 8.3.89: operating system commands, such as links. */
const SEQUENCE = new RegExp(
  `${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|\\][^\u0007${ESCAPE}]*(?:\u0007|${ESCAPE}\\\\))`,
  "y",
);
/** Combining marks, the zero-width joiner, and emoji skin tones. */
const MARK = /^(?:\p{M}|\u200d|[\u{1F3FB}-\u{1F3FF}])/u;
const MARKS_ONLY = /^(?:\p{M}|\u200d)+$/u;
/** Limits on consecutive characters. Longer sequences are not text and may be cut. */
const MAX_SEQUENCE_LENGTH = 256;
const MAX_MARKS = 64;

/**
 * Returns the position nearest to `at` where a cut splits no unit: before it and after `start`, or, with `forward`, after
 * it and at most `end`. Returns `at` when the unit there is too long to preserve.
 */
export function findAtomicCut(
  text: string,
  start: number,
  at: number,
  direction: "backward" | "forward" = "backward",
  end: number = text.length,
): number {
  const step = direction === "backward" ? -1 : 1;
  let position = at;
  for (let distance = 0; distance <= MAX_SEQUENCE_LENGTH && position > start && position < end; distance++) {
    if (!isInsideUnit(text, position)) return position;
    position += step;
  }
  if (position >= end) return end;
  // A unit that is too long is cut, but never inside a surrogate pair, which would leave malformed text.
  return isInsideSurrogatePair(text, at) ? (at - 1 > start ? at - 1 : at + 1) : at;
}

function isInsideUnit(text: string, at: number): boolean {
  if (isInsideSurrogatePair(text, at)) return true;
  if (text.charCodeAt(at - 1) === 13 && text.charCodeAt(at) === 10) return true;
  return isInsideMarks(text, at) || isInsideSequence(text, at);
}

function isInsideSurrogatePair(text: string, at: number): boolean {
  return isHighSurrogate(text.charCodeAt(at - 1)) && isLowSurrogate(text.charCodeAt(at));
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** A mark or a joiner belongs to the preceding character; a character after a joiner belongs to both. */
function isInsideMarks(text: string, at: number): boolean {
  if (text.charCodeAt(at) < 0x300 && text.charCodeAt(at - 1) !== 0x200d) return false;
  const joined = text.charCodeAt(at - 1) === 0x200d || MARK.test(text.slice(at, at + 2));
  if (!joined) return false;
  const preceding = text.slice(Math.max(0, at - MAX_MARKS), at);
  return !MARKS_ONLY.test(preceding);
}

function isInsideSequence(text: string, at: number): boolean {
  const near = Math.max(0, at - MAX_SEQUENCE_LENGTH);
  const last = text.slice(near, at).lastIndexOf(ESCAPE);
  if (last === -1) return false;
  const begin = near + last;
  SEQUENCE.lastIndex = begin;
  const found = SEQUENCE.exec(text);
  return found !== null && begin + found[0].length > at;
}
