/** Code fences: https://spec.commonmark.org/0.31.2/#fenced-code-blocks */

export interface Fence {
  readonly mark: string;
  /** Spaces before the fence, which are removed from the lines of the code. */
  readonly indent: number;
  /** The first word after the fence, or empty. */
  readonly language: string;
}

/** Returns the fence that a line opens. */
export function matchFence(line: string): Fence | undefined {
  const [, spaces = "", mark, info = ""] = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})(.*)/.exec(line) ?? [];
  if (mark === undefined) return undefined;
  return { mark, indent: spaces.length, language: info.trim().split(/\s/, 1)[0] ?? "" };
}

export function isFenceEnd(line: string, { mark }: Fence): boolean {
  const text = line.trimEnd();
  const end = /^ {0,3}(`{3,}|~{3,})$/.exec(text)?.[1];
  return end !== undefined && end.startsWith(mark);
}
