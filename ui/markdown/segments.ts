/**
 * Splits the Markdown of a growing reply into segments, and tables, lists and code into their rows, items and lines. What is finished
 * keeps its text, so that a delta parses and renders only the piece that grows. The texts of the segments join to the whole text.
 */
import { type Fence, isFenceEnd, matchFence } from "./fences.ts";
import { findListEnd, splitItems } from "./list-items.ts";

export type Segment =
  | { readonly type: "markdown"; readonly text: string }
  | {
      readonly type: "code";
      readonly text: string;
      readonly language: string;
      readonly code: string;
      readonly isClosed: boolean;
    }
  /** `head` is the header with its delimiter row. Rows have no line feed, except that a finished last one does. */
  | { readonly type: "table"; readonly text: string; readonly head: string; readonly rows: readonly string[] }
  | {
      readonly type: "list";
      readonly text: string;
      readonly isOrdered: boolean;
      readonly start: number;
      /** Items with their markers. */
      readonly items: readonly string[];
      /** A blank line stands between two items. */
      readonly hasBlanks: boolean;
    };

export interface Split {
  readonly text: string;
  readonly segments: readonly Segment[];
}

/** Splits a text. With the split of a text that it begins with, only the last segment is read again. */
export function splitMarkdown(text: string, previous?: Split): Split {
  if (previous === undefined || !text.startsWith(previous.text)) return { text, segments: readSegments(text, 0) };
  if (text.length === previous.text.length) return previous;
  const kept = previous.segments.slice(0, -1);
  const from = previous.text.length - (previous.segments.at(-1)?.text.length ?? 0);
  return { text, segments: [...kept, ...readSegments(text, from)] };
}

function readSegments(text: string, from: number): readonly Segment[] {
  const segments: Segment[] = [];
  for (let at = from; at < text.length; ) {
    const segment = readSegment(text, at);
    segments.push(segment);
    at += segment.text.length;
  }
  return segments;
}

function readSegment(text: string, at: number): Segment {
  const line = lineAt(text, at);
  const fence = matchFence(line);
  if (fence) return readCode(text, at, fence);
  const delimiter = lineAt(text, at + line.length);
  if (isTableHead(line, delimiter)) return readTable(text, at, line + delimiter);
  const end = findListEnd(text, at);
  if (end > at) return readList(text.slice(at, end));
  return { type: "markdown", text: text.slice(at, findParagraphEnd(text, at)) };
}

function readCode(text: string, at: number, fence: Fence): Segment {
  let end = at + lineAt(text, at).length;
  const start = end;
  while (end < text.length) {
    const line = lineAt(text, end);
    end += line.length;
    if (isFenceEnd(line, fence))
      return createCode(text.slice(at, end), fence, text.slice(start, end - line.length), true);
  }
  return createCode(text.slice(at, end), fence, text.slice(start, end), false);
}

function createCode(text: string, { language, indent }: Fence, content: string, isClosed: boolean): Segment {
  const code = indent === 0 ? content : content.replace(new RegExp(`^ {1,${indent}}`, "gm"), "");
  return { type: "code", text, language, code, isClosed };
}

function readTable(text: string, at: number, head: string): Segment {
  const rows: string[] = [];
  let end = at + head.length;
  while (end < text.length) {
    const line = lineAt(text, end);
    if (line.trim() === "" || BLOCK.test(line)) break;
    rows.push(line.endsWith("\n") && text.length > end + line.length ? line.slice(0, -1) : line);
    end += line.length;
  }
  end = skipBlankLines(text, end);
  return { type: "table", text: text.slice(at, end), head, rows };
}

function readList(text: string): Segment {
  const { items, isOrdered, start, hasBlanks } = splitItems(text);
  return { type: "list", text, isOrdered, start, items, hasBlanks };
}

/** Returns where the next segment starts: at a line after a blank one, or at a fence. An indented line goes on with what is above it. */
function findParagraphEnd(text: string, from: number): number {
  let isAfterBlank = false;
  let at = from;
  while (at < text.length) {
    const line = lineAt(text, at);
    const isBlank = line.trim() === "";
    if (at > from && !isBlank && ((isAfterBlank && !/^[ \t]/.test(line)) || matchFence(line))) return at;
    isAfterBlank = isBlank;
    at += line.length;
  }
  return at;
}

/** Returns the line at an offset, with its line feed. */
export function lineAt(text: string, at: number): string {
  const end = text.indexOf("\n", at);
  return text.slice(at, end < 0 ? undefined : end + 1);
}

function skipBlankLines(text: string, from: number): number {
  let at = from;
  for (let line = lineAt(text, at); line !== "" && line.trim() === ""; line = lineAt(text, at)) at += line.length;
  return at;
}

/** A header row and a delimiter row with the same number of cells: https://github.github.com/gfm/#tables-extension- */
function isTableHead(head: string, delimiter: string): boolean {
  if (/^ {4}|^\t/.test(head) || !head.includes("|") || BLOCK.test(head)) return false;
  return DELIMITER.test(delimiter) && delimiter.endsWith("\n") && countCells(head) === countCells(delimiter);
}

const DELIMITER = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\n$/;

function countCells(row: string): number {
  const inner = row.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).length;
}

/** Matches the start of a block that ends a table. */
export const BLOCK =
  /^ {0,3}(?:>|#{1,6}(?:\s|$)|`{3,}|~{3,}|[-+*](?:[ \t]|$)|\d{1,9}[.)](?:[ \t]|$)|(?:[-*_][ \t]*){3,}$|<[a-z!/?])/i;
