/** Splits the content of a tool result into head and body. Pure. */

/**
 * The content of a tool result: lines about the response (status, headers), an empty line, and the body. Content that does
 * not begin with `HTTP ` has no head.
 */
export interface Content {
  readonly head: readonly string[];
  readonly body: string;
}

export function splitContent(content: string): Content {
  const end = content.startsWith("HTTP ") ? content.indexOf("\n\n") : -1;
  if (end === -1) return { head: [], body: content };
  return { head: content.slice(0, end).split("\n"), body: content.slice(end + 2) };
}

export function joinContent({ head, body }: Content): string {
  return head.length === 0 ? body : `${head.join("\n")}\n\n${body}`;
}

/**
 * Adds lines to the head.
 * @param status the first line of the head when there was none.
 */
export function addLines({ head, body }: Content, lines: readonly string[], status = "HTTP 200 OK"): Content {
  if (lines.length === 0) return { head, body };
  return { head: [...(head.length === 0 ? [status] : head), ...lines], body };
}

/** Returns the value of a header in the head. */
export function findHeader({ head }: Content, name: string): string | undefined {
  const prefix = `${name.toLowerCase()}: `;
  return head.find((line) => line.toLowerCase().startsWith(prefix))?.slice(prefix.length);
}
