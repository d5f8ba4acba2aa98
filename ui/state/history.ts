/** What was said, as the server tells it afterwards → entries. */
import type { HistoryMessage } from "../protocol.ts";
import { newAnswer, pastCalls } from "./reply.ts";
import type { Answer, Failure, Part, Question } from "./types.ts";

const UNFINISHED: Failure = {
  message: "This answer was never finished.",
  code: "interrupted",
  retryable: true,
  retryAfterMs: 0,
};

/** Each question is followed by its answer. The last one's may have no end; so it is marked, unless it is `running`. */
export function entriesOf(
  messages: readonly HistoryMessage[],
  running: { readonly turnId: string | undefined } | undefined,
): readonly (Question | Answer)[] {
  const turns = turnsOf(messages);
  return turns.flatMap((turn, at) => {
    const { asked } = turn;
    const isLast = at === turns.length - 1;
    const answer = isLast ? lastAnswer(turn, running) : pastAnswer(turn);
    return asked === undefined ? [answer] : [questionFrom(asked), answer];
  });
}

export function questionFrom({ message_id: id, content: text, attachments: files = [] }: HistoryMessage) {
  const question: Question = { kind: "question", id, text };
  return files.length === 0 ? question : { ...question, files };
}

interface Turn {
  readonly asked: HistoryMessage | undefined;
  readonly said: readonly HistoryMessage[];
}

function lastAnswer(turn: Turn, running: { readonly turnId: string | undefined } | undefined): Answer {
  const answer = pastAnswer(turn);
  if (running !== undefined) return { ...answer, status: "running", stopReason: undefined, ...running };
  if (isFinished(turn.said)) return answer;
  // Files are not at hand to be sent again.
  const failure = { ...UNFINISHED, retryable: turn.asked?.attachments === undefined };
  return { ...answer, status: "failed", stopReason: undefined, failure };
}

function pastAnswer({ asked, said }: Turn): Answer {
  const id = `${(asked ?? said[0])?.message_id}-answer`;
  const stopReason = said.at(-1)?.stop_reason;
  return { ...newAnswer(id), status: "done", parts: said.flatMap(partsOf), stopReason };
}

function turnsOf(messages: readonly HistoryMessage[]): readonly Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (message.role === "user") turns.push({ asked: message, said: [] });
    else if (last === undefined) turns.push({ asked: undefined, said: [message] });
    else turns[turns.length - 1] = { ...last, said: [...last.said, message] };
  }
  return turns;
}

function partsOf(message: HistoryMessage): readonly Part[] {
  const text = message.content === "" ? [] : [{ type: "text", text: message.content } as const];
  return [...text, ...pastCalls(message)];
}

/** Where the server does not say how it ended: a round that asks for calls is followed by another one. */
function isFinished(said: readonly HistoryMessage[]): boolean {
  const last = said.at(-1);
  if (last === undefined) return false;
  return last.stop_reason === undefined ? last.tool_calls.length === 0 : last.stop_reason !== "interrupted";
}
