/** Conversations out of the lines of an export, and what is wrong with those that cannot be read. */
import { z } from "zod";
import type { Message } from "../../chat/types.ts";
import { StartError } from "../../errors.ts";
import { parseJson } from "../../json.ts";
import type { Session, Summary } from "../../store/types.ts";
import { ConversationLine, HEADER, HeaderLine, MessageLine } from "./format.ts";
import type { NumberedLine } from "./streams.ts";

export type ImportEntry =
  | {
      readonly type: "conversation";
      readonly session: Session;
      readonly messages: readonly Message[];
      readonly summary: Summary | undefined;
    }
  | { readonly type: "mistake"; readonly text: string };

/** One whose messages are still being read. */
interface PartialConversation {
  readonly line: number;
  readonly session: Session;
  readonly summary: Summary | undefined;
  readonly messageCount: number;
  readonly messages: Message[];
}

/** @throws StartError when it is no export, or that of a newer specchat. */
export async function* readConversations(lines: AsyncIterable<NumberedLine>): AsyncGenerator<ImportEntry> {
  let partial: PartialConversation | undefined;
  let isHeader = true;
  for await (const line of lines) {
    if (isHeader) {
      checkHeader(line);
      isHeader = false;
      continue;
    }
    const parsed = readLine(line);
    if (parsed.type === "message") {
      // Those of a conversation that cannot be read are passed over.
      partial?.messages.push(parsed.message);
    } else {
      if (partial) yield createIncompleteEntry(partial);
      partial = parsed.type === "head" ? parsed.partial : undefined;
      if (parsed.type === "mistake") yield parsed;
    }
    if (partial && partial.messages.length === partial.messageCount) {
      const { session, messages, summary } = partial;
      partial = undefined;
      yield { type: "conversation", session, messages, summary };
    }
  }
  if (isHeader) throw new StartError(NOT_AN_EXPORT);
  if (partial) yield createIncompleteEntry(partial);
}

const NOT_AN_EXPORT = "This is no export of specchat: its first line has to name the format.";

function checkHeader({ text }: NumberedLine): void {
  const header = HeaderLine.safeParse(tryParseJson(text));
  if (!header.success) throw new StartError(NOT_AN_EXPORT);
  const { version } = header.data;
  if (version > HEADER.version)
    throw new StartError(
      `This export was written by a newer specchat (format ${version}; this one knows ${HEADER.version}).`,
    );
}

type ParsedLine =
  | { readonly type: "head"; readonly partial: PartialConversation }
  | { readonly type: "message"; readonly message: Message }
  | Extract<ImportEntry, { type: "mistake" }>;

function readLine({ number, text }: NumberedLine): ParsedLine {
  const value = tryParseJson(text);
  if (value === undefined) return { type: "mistake", text: `line ${number} is not valid JSON` };
  const message = MessageLine.safeParse(value);
  // Checked as far as a store relies on it.
  if (message.success) return { type: "message", message: message.data.message as unknown as Message };
  const head = ConversationLine.safeParse(value);
  if (!head.success) {
    const reason = z.prettifyError(head.error).replaceAll(/\s+/g, " ");
    return { type: "mistake", text: `line ${number} is neither a conversation nor a message: ${reason}` };
  }
  const { session, summary, messageCount } = head.data;
  return {
    type: "head",
    partial: { line: number, session: session as unknown as Session, summary, messageCount, messages: [] },
  };
}

function createIncompleteEntry({ line, messages, messageCount }: PartialConversation): ImportEntry {
  const text = `line ${line}: of this conversation's ${messageCount} messages only ${messages.length} can be read; it is left out`;
  return { type: "mistake", text };
}

function tryParseJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
