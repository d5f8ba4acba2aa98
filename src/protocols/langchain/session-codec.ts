/** The session bodies of the langchain protocol. Pure. */
import type { ListedSession, StoredSession } from "../../store/types.ts";
import { type DialogueMessage, toDialogue } from "../shared/dialogue.ts";

/** The name and metadata that a client gives a session. Stored with it. */
export interface SessionLabel {
  readonly name?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

export function writeLabel(label: SessionLabel): string | undefined {
  return label.name === undefined && label.metadata === undefined ? undefined : JSON.stringify(label);
}

/** Reads what {@link writeLabel} wrote; an absent label is empty. */
export function readLabel(label: string | undefined): SessionLabel {
  return label === undefined ? {} : JSON.parse(label);
}

export interface MemoryMetadata {
  readonly summarized: boolean;
  readonly summary_triggered: boolean;
  readonly total_messages: number;
  readonly summarized_message_count: number;
  readonly recent_message_count: number;
  readonly summary_content: string | null;
}

/**
 * Encodes how much of a session is summarised. Summaries are made between turns, so that no turn triggers one.
 * @param pendingMessages messages that are about to be added.
 */
export function encodeMemory(stored: StoredSession | undefined, pendingMessages: number): MemoryMetadata {
  const { summary } = stored ?? {};
  const known = stored ? stored.skipped + stored.messages.length : 0;
  const total = messageCount(stored) + pendingMessages;
  return {
    summarized: summary !== undefined,
    summary_triggered: false,
    total_messages: total,
    summarized_message_count: summary?.through ?? 0,
    recent_message_count: summary ? known - summary.through : total,
    summary_content: summary?.text ?? null,
  };
}

/** Counts user messages and replies. Stored messages before those that were read count one by one. */
export function messageCount(stored: Pick<StoredSession, "messages" | "skipped"> | undefined): number {
  return stored ? stored.skipped + toDialogue(stored.messages).length : 0;
}

export function encodeSession(id: string, { session, ...read }: StoredSession) {
  const label = readLabel(session.label);
  return {
    session_id: label.name ?? id,
    created_at: session.createdAt,
    updated_at: session.updatedAt,
    message_count: messageCount(read),
    messages: toDialogue(read.messages).map(encodeMessage),
    metadata: label.metadata ?? {},
  };
}

function encodeMessage({ role, content, at }: DialogueMessage) {
  return { role, content, timestamp: at, metadata: {} };
}

/** Characters of the last message in a list. */
const PREVIEW_LENGTH = 100;

/** @param read the session with its newest messages. */
export function encodeSessionSummary(session: ListedSession, read: StoredSession | undefined) {
  const label = readLabel(session.label);
  const last = read && toDialogue(read.messages).at(-1);
  return {
    session_id: label.name ?? session.id,
    created_at: session.createdAt,
    updated_at: session.updatedAt,
    message_count: messageCount(read),
    last_message: last ? last.content.slice(0, PREVIEW_LENGTH).toWellFormed() : null,
    metadata: label.metadata ?? {},
  };
}
