/** Converts the server's history of a conversation to entries. */
import { t } from "../language/language.ts";
import type { HistoryMessage } from "../protocol.ts";
import { createReply, toPastCalls } from "./reply.ts";
import type { Failure, Part, Reply, UserMessage } from "./types.ts";

const UNFINISHED: Omit<Failure, "message" | "retryable"> = { code: "interrupted", retryAfterMs: 0 };

/** Where messages are in their conversation. */
interface Place {
  /** The id of the user message before them; null for the first one. */
  readonly after: string | null;
  /** The messages are the newest ones. */
  readonly end?: { readonly runningTurn: RunningTurn | undefined };
}

interface RunningTurn {
  readonly turnId: string | undefined;
}

/** Pairs each user message with its reply. An incomplete last reply is marked as failed at the end, unless its turn runs. */
export function toEntries(
  messages: readonly HistoryMessage[],
  { after: first, end }: Place,
): readonly (UserMessage | Reply)[] {
  const turns = groupTurns(messages);
  return turns.flatMap((turn, at) => {
    const { userMessage } = turn;
    const isLast = at === turns.length - 1;
    const reply = isLast && end ? createLastReply(turn, end.runningTurn) : createPastReply(turn);
    const after = at === 0 ? first : (turns[at - 1]?.userMessage?.message_id ?? null);
    return userMessage === undefined ? [reply] : [toUserMessage(userMessage, after), reply];
  });
}

export function toUserMessage(
  { message_id: id, content: text, timestamp: at, attachments: files = [] }: HistoryMessage,
  after: string | null,
) {
  const userMessage: UserMessage = { kind: "user", id, messageId: id, after, text, at };
  return files.length === 0 ? userMessage : { ...userMessage, files };
}

interface Turn {
  readonly userMessage: HistoryMessage | undefined;
  readonly replies: readonly HistoryMessage[];
}

function createLastReply(turn: Turn, runningTurn: RunningTurn | undefined): Reply {
  const reply = createPastReply(turn);
  if (runningTurn !== undefined)
    return { ...reply, status: "running", stopReason: undefined, ...runningTurn };
  if (isFinished(turn.replies)) return reply;
  // The page does not have the files, so it cannot send them again.
  const retryable = turn.userMessage?.attachments === undefined;
  const failure = { ...UNFINISHED, message: t("reply.interrupted"), retryable };
  return { ...reply, status: "failed", stopReason: undefined, failure };
}

function createPastReply({ userMessage, replies }: Turn): Reply {
  const id = `${(userMessage ?? replies[0])?.message_id}-reply`;
  const { stop_reason: stopReason, usage, cost_usd: cost, model } = replies.at(-1) ?? {};
  const { context } = replies.at(-1) ?? {};
  const { feedback } = userMessage ?? {};
  const figures = {
    stopReason,
    usage,
    costUsd: cost ?? undefined,
    model,
    feedback,
    ...(context && { context }),
  };
  return { ...createReply(id), status: "done", parts: replies.flatMap(toParts), ...figures };
}

function groupTurns(messages: readonly HistoryMessage[]): readonly Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (message.role === "user") turns.push({ userMessage: message, replies: [] });
    else if (last === undefined) turns.push({ userMessage: undefined, replies: [message] });
    else turns[turns.length - 1] = { ...last, replies: [...last.replies, message] };
  }
  return turns;
}

function toParts(message: HistoryMessage): readonly Part[] {
  const text = message.content === "" ? [] : [{ type: "text", text: message.content } as const];
  return [...text, ...toPastCalls(message)];
}

/** Without a stop reason, a message with tool calls is unfinished: another round follows it. */
function isFinished(replies: readonly HistoryMessage[]): boolean {
  const last = replies.at(-1);
  if (last === undefined) return false;
  return last.stop_reason === undefined ? last.tool_calls.length === 0 : last.stop_reason !== "interrupted";
}
