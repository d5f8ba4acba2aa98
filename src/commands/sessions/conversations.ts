/** Conversations out of the lines of an export, and what is wrong with those that cannot be read. */
import { z } from "zod";
import type { Message } from "../../chat/types.ts";
import { StartError } from "../../errors.ts";
import { parseJson } from "../../json.ts";
import type { Session, Summary } from "../../store/types.ts";
import { HEADER, Head, Header, MessageLine } from "./format.ts";
import type { Line } from "./streams.ts";

export type Found =
  | {
      readonly type: "conversation";
      readonly session: Session;
      readonly messages: readonly Message[];
      readonly summary: Summary | undefined;
    }
  | { readonly type: "mistake"; readonly text: string };

/** One whose messages are still being read. */
interface Begun {
  readonly line: number;
  readonly session: Session;
  readonly summary: Summary | undefined;
  readonly messageCount: number;
  readonly messages: Message[];
}

/** @throws StartError when it is no export, or that of a newer specchat. */
export async function* readConversations(lines: AsyncIterable<Line>): AsyncGenerator<Found> {
  let begun: Begun | undefined;
  let isHeader = true;
  for await (const line of lines) {
    if (isHeader) {
      checkHeader(line);
      isHeader = false;
      continue;
    }
    const read = readLine(line);
    if (read.type === "message") {
      // Those of a conversation that cannot be read are passed over.
      begun?.messages.push(read.message);
    } else {
      if (begun) yield incomplete(begun);
      begun = read.type === "head" ? read.begun : undefined;
      if (read.type === "mistake") yield read;
    }
    if (begun && begun.messages.length === begun.messageCount) {
      const { session, messages, summary } = begun;
      begun = undefined;
      yield { type: "conversation", session, messages, summary };
    }
  }
  if (isHeader) throw new StartError(NO_EXPORT);
  if (begun) yield incomplete(begun);
}

const NO_EXPORT = "This is no export of specchat: its first line has to name the format.";

function checkHeader({ text }: Line): void {
  const header = Header.safeParse(ifJson(text));
  if (!header.success) throw new StartError(NO_EXPORT);
  const { version } = header.data;
  if (version > HEADER.version)
    throw new StartError(
      `This export was written by a newer specchat (format ${version}; this one knows ${HEADER.version}).`,
    );
}

type Read =
  | { readonly type: "head"; readonly begun: Begun }
  | { readonly type: "message"; readonly message: Message }
  | Extract<Found, { type: "mistake" }>;

function readLine({ number, text }: Line): Read {
  const value = ifJson(text);
  if (value === undefined) return { type: "mistake", text: `line ${number} is not valid JSON` };
  const message = MessageLine.safeParse(value);
  // Checked as far as a store relies on it.
  if (message.success) return { type: "message", message: message.data.message as unknown as Message };
  const head = Head.safeParse(value);
  if (!head.success) {
    const reason = z.prettifyError(head.error).replaceAll(/\s+/g, " ");
    return { type: "mistake", text: `line ${number} is neither a conversation nor a message: ${reason}` };
  }
  const { session, summary, messageCount } = head.data;
  return {
    type: "head",
    begun: { line: number, session: session as unknown as Session, summary, messageCount, messages: [] },
  };
}

function incomplete({ line, messages, messageCount }: Begun): Found {
  const text = `line ${line}: of this conversation's ${messageCount} messages only ${messages.length} can be read; it is left out`;
  return { type: "mistake", text };
}

function ifJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
