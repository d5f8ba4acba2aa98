/** The conversation in one piece takes the place of what is shown, and what is the same in both stays what it was. */
import type { Snapshot } from "../protocol.ts";
import { withApproval, withoutWaiting } from "./approval.ts";
import { entriesOf } from "./history.ts";
import { isLive, textOf, withDelta } from "./reply.ts";
import type { Answer, ChatState, Entry, Question, Waiting } from "./types.ts";

export function withSnapshot(state: ChatState, frame: Snapshot): ChatState {
  const isRunning = frame.turn_id !== undefined || frame.approvals.length > 0;
  const told = pairs(entriesOf(frame.messages, isRunning ? { turnId: frame.turn_id } : undefined));
  // What stands above a divider belongs to a session that is gone.
  const from = state.entries.findLastIndex(({ kind }) => kind === "divider") + 1;
  const { merged, left } = merge(pairs(state.entries.slice(from)), told);
  const turns = merged.map((pair, at) =>
    isRunning && at === merged.length - 1
      ? { ...pair, answer: pair.answer && running(pair.answer, frame) }
      : pair,
  );
  return {
    ...state,
    link: "open",
    opening: undefined,
    session: state.session && { ...state.session, lastSeq: frame.seq },
    entries: [...state.entries.slice(0, from), ...[...turns, ...left.filter(isKept)].flatMap(entries)],
    waiting: [...left.flatMap((pair) => givenBack(pair, isRunning)), ...state.waiting],
  };
}

/** A question and its answer; a server's history may begin with an answer. */
interface Pair {
  readonly question: Question | undefined;
  readonly answer: Answer | undefined;
}

function pairs(shown: readonly Entry[]): readonly Pair[] {
  const found: Pair[] = [];
  for (const entry of shown) {
    const last = found.at(-1);
    if (entry.kind === "question") found.push({ question: entry, answer: undefined });
    else if (entry.kind === "divider") continue;
    else if (last === undefined || last.answer !== undefined)
      found.push({ question: undefined, answer: entry });
    else found[found.length - 1] = { ...last, answer: entry };
  }
  return found;
}

function entries({ question, answer }: Pair): readonly Entry[] {
  return [question, answer].filter((entry) => entry !== undefined);
}

/** Both in order: what was asked in the same words is the same turn. `left`: what the server told nothing of. */
function merge(shown: readonly Pair[], told: readonly Pair[]) {
  const left: Pair[] = [];
  let at = 0;
  const merged = told.map((pair) => {
    const found = shown.findIndex(
      ({ question }, index) => index >= at && question?.text === pair.question?.text,
    );
    if (found < 0) return pair;
    left.push(...shown.slice(at, found));
    at = found + 1;
    return same(shown[found], pair);
  });
  return { merged, left: [...left, ...shown.slice(at)] };
}

/** What the page saw happen is more than what a history tells. */
function same(shown: Pair | undefined, told: Pair): Pair {
  const { question = told.question, answer } = shown ?? {};
  if (answer === undefined || told.answer === undefined) return { question, answer: told.answer };
  const { id } = answer;
  if (isLive(told.answer)) {
    const { turnId } = told.answer;
    const isSeen = isLive(answer) && (answer.turnId ?? turnId) === turnId;
    return { question, answer: isSeen ? { ...answer, turnId, status: "running" } : { ...told.answer, id } };
  }
  const isSame = answer.status === told.answer.status && textOf(answer) === textOf(told.answer);
  return { question, answer: isSame ? answer : { ...told.answer, id } };
}

function running(answer: Answer, { partial, approvals }: Snapshot): Answer {
  const seen = answer.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const rest = partial.startsWith(seen) ? partial.slice(seen.length) : "";
  const whole = rest === "" ? answer : withDelta(answer, "text", rest);
  return approvals.reduce(withApproval, withoutWaiting(whole));
}

/** Refused before it began, so never stored; or sent over this very connection, after the snapshot was made. */
function isKept({ answer }: Pair): boolean {
  return answer?.turnId === undefined && (answer?.status === "failed" || answer?.status === "sent");
}

/**
 * Sent over a connection that was lost, and not stored. While a turn runs the server may still have it in its queue:
 * then the reader decides, as over one that was to be stopped. Otherwise the server cannot have it, and it goes out once more.
 */
function givenBack({ question, answer }: Pair, isRunning: boolean): readonly Waiting[] {
  if (question === undefined || answer === undefined) return [];
  const isStopped = answer.status === "stopping" && answer.turnId === undefined;
  if (answer.status !== "unsure" && !isStopped) return [];
  const { kind: _, files: __, ...message } = question;
  return [isRunning || isStopped ? { ...message, isUnsure: true } : message];
}
