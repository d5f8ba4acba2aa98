/** Calls that wait for the reader's permission. Each stands in the answer where the call itself will stand. */
import type { ApprovalFrame } from "../protocol.ts";
import { isLive, newCall } from "./reply.ts";
import type { Answer, CallPart, ChatState, Held, Part } from "./types.ts";

/** Sent again, a request says what is left of it: what it no longer names has been decided. */
export function withApproval(answer: Answer, frame: ApprovalFrame): Answer {
  const asked = new Map(frame.tool_calls.map((call) => [call.tool_call_id, call]));
  const held = (call: CallPart): CallPart => {
    const { approval_id: approvalId, expires_at: expiresAt } = frame;
    const isSame = call.held?.approvalId === approvalId;
    const decision = isSame ? call.held?.decision : undefined;
    const { request } = asked.get(call.id) ?? {};
    return { ...call, status: "waiting", held: { approvalId, expiresAt, request, decision } };
  };
  const parts = answer.parts.map((part): Part => {
    if (part.type !== "call") return part;
    if (asked.has(part.id)) return held(part);
    const isDecided = part.status === "waiting" && part.held?.approvalId === frame.approval_id;
    return isDecided ? { ...part, status: "running" } : part;
  });
  const known = new Set(parts.flatMap((part) => (part.type === "call" ? [part.id] : [])));
  const added = frame.tool_calls
    .filter(({ tool_call_id }) => !known.has(tool_call_id))
    .map((call) => held(newCall(call, "waiting")));
  return { ...answer, parts: [...parts, ...added], progress: undefined };
}

/** What waited has been decided: the server asks for nothing any more. */
export function withoutWaiting(answer: Answer): Answer {
  const parts = answer.parts.map((part): Part => (isWaiting(part) ? { ...part, status: "running" } : part));
  return { ...answer, parts };
}

/** Those the reader has not spoken on yet. */
export function undecided(calls: readonly Part[]): readonly CallPart[] {
  return calls.filter(
    (part): part is CallPart =>
      part.type === "call" && part.status === "waiting" && part.held?.decision === undefined,
  );
}

export function decided(
  state: ChatState,
  approvalId: string,
  calls: readonly string[],
  approved: boolean,
): ChatState {
  const decision = approved ? "allowed" : "refused";
  return changeHeld(state, (held, id) =>
    held.approvalId === approvalId && calls.includes(id) ? decision : held.decision,
  );
}

/** The server does not wait for what the reader just said. Undefined: the reader said nothing. */
export function answeredElsewhere(state: ChatState): ChatState | undefined {
  const isAbout = ({ decision }: Held) => decision === "allowed" || decision === "refused";
  const isSaid = state.entries.some(
    (entry) => entry.kind === "answer" && entry.parts.some((part) => isWaiting(part) && isAbout(part.held)),
  );
  if (!isSaid) return undefined;
  return changeHeld(state, (held) => (isAbout(held) ? "elsewhere" : held.decision));
}

/** The connection is gone: nobody knows whether the reader's word arrived, so it is asked for again. */
export function withoutDecisions(state: ChatState): ChatState {
  return changeHeld(state, () => undefined);
}

function changeHeld(state: ChatState, decide: (held: Held, id: string) => Held["decision"]): ChatState {
  const entries = state.entries.map((entry) => {
    if (entry.kind !== "answer" || !isLive(entry) || !entry.parts.some(isWaiting)) return entry;
    const parts = entry.parts.map((part) =>
      isWaiting(part) ? { ...part, held: { ...part.held, decision: decide(part.held, part.id) } } : part,
    );
    return { ...entry, parts };
  });
  return { ...state, entries };
}

function isWaiting(part: Part): part is CallPart & { readonly held: Held } {
  return part.type === "call" && part.status === "waiting" && part.held !== undefined;
}
