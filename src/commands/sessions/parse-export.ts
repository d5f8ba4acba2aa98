/** Parses the lines of an export into sessions, and reports the lines that cannot be parsed. */
import { z } from "zod";
import type { Message } from "../../chat/types.ts";
import { StartError } from "../../errors.ts";
import { parseJson } from "../../json.ts";
import type { Session, Summary } from "../../store/types.ts";
import { HEADER, HeaderLine, MessageLine, SessionLine } from "./format.ts";
import type { NumberedLine } from "./streams.ts";

export type ExportEntry =
  | {
      readonly type: "session";
      readonly session: Session;
      readonly messages: readonly Message[];
      readonly summary: Summary | undefined;
    }
  | { readonly type: "error"; readonly text: string };

/** A session whose messages are still being read. */
interface PartialSession {
  readonly line: number;
  readonly session: Session;
  readonly summary: Summary | undefined;
  readonly messageCount: number;
  readonly messages: Message[];
}

/** @throws StartError when the lines are not an export, or one of a newer version. */
export async function* parseExport(lines: AsyncIterable<NumberedLine>): AsyncGenerator<ExportEntry> {
  let partial: PartialSession | undefined;
  let isHeader = true;
  for await (const line of lines) {
    if (isHeader) {
      checkHeader(line);
      isHeader = false;
      continue;
    }
    const parsed = parseLine(line);
    if (parsed.type === "message") {
      // Messages of a session that cannot be parsed are skipped.
      partial?.messages.push(parsed.message);
    } else {
      if (partial) yield createIncompleteError(partial);
      partial = parsed.type === "session" ? parsed.partial : undefined;
      if (parsed.type === "error") yield parsed;
    }
    if (partial && partial.messages.length === partial.messageCount) {
      const { session, messages, summary } = partial;
      partial = undefined;
      yield { type: "session", session, messages, summary };
    }
  }
  if (isHeader) throw new StartError(NOT_AN_EXPORT);
  if (partial) yield createIncompleteError(partial);
}

const NOT_AN_EXPORT = "Not a specchat export: the first line must name the format.";

function checkHeader({ text }: NumberedLine): void {
  const header = HeaderLine.safeParse(tryParseJson(text));
  if (!header.success) throw new StartError(NOT_AN_EXPORT);
  const { version } = header.data;
  if (version > HEADER.version)
    throw new StartError(
      `The export has format version ${version}, this specchat reads up to version ${HEADER.version}. Use a newer specchat.`,
    );
}

type ParsedLine =
  | { readonly type: "session"; readonly partial: PartialSession }
  | { readonly type: "message"; readonly message: Message }
  | Extract<ExportEntry, { type: "error" }>;

function parseLine({ number, text }: NumberedLine): ParsedLine {
  const value = tryParseJson(text);
  if (value === undefined) return { type: "error", text: `line ${number}: invalid JSON` };
  const message = MessageLine.safeParse(value);
  // Validated as far as a store relies on it.
  if (message.success) return { type: "message", message: message.data.message as unknown as Message };
  const parsed = SessionLine.safeParse(value);
  if (!parsed.success) {
    const reason = z.prettifyError(parsed.error).replaceAll(/\s+/g, " ");
    return { type: "error", text: `line ${number}: neither a session nor a message: ${reason}` };
  }
  const { session, summary, messageCount } = parsed.data;
  return {
    type: "session",
    partial: { line: number, session: session as unknown as Session, summary, messageCount, messages: [] },
  };
}

function createIncompleteError({ line, messages, messageCount }: PartialSession): ExportEntry {
  const text = `line ${line}: session skipped, only ${messages.length} of its ${messageCount} messages can be read`;
  return { type: "error", text };
}

function tryParseJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
