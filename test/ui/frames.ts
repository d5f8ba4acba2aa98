/** Creates frames as a server sends them, for the tests of the page's state. */
import type { ServerFrame } from "../../src/protocols/native/types.ts";
import type { Action } from "../../ui/state/actions.ts";
import { reduce } from "../../ui/state/reduce.ts";
import type { ChatState } from "../../ui/state/types.ts";

type Established = Extract<ServerFrame, { type: "connection_established" }>;
type Response = Extract<ServerFrame, { type: "ai_response" }>;

export function createEstablishedFrame(more: Partial<Established> = {}): Established {
  return {
    type: "connection_established",
    session_id: "session-1",
    message: "Connected to AI assistant",
    model: "demo",
    models: ["demo"],
    tools: 3,
    resumed: false,
    ...more,
  };
}

/** Returns a function that adds `seq`, counted from 1, and a turn to frames. */
export function createFrameSequencer(): <Frame extends { type: string }>(
  frame: Frame,
) => Frame & { seq: number; turn_id: string } {
  let seq = 0;
  return (frame) => {
    seq += 1;
    return { ...frame, seq, turn_id: "turn-1" };
  };
}

export function createAiResponse(
  message: string,
  more: Partial<Response> = {},
): Omit<Response, "seq" | "turn_id"> {
  return {
    type: "ai_response",
    message,
    tool_calls: [],
    tool_results: [],
    timestamp: "2026-01-01T12:00:00.000Z",
    stop_reason: "end_turn",
    usage: USAGE,
    cost_usd: null,
    model: "demo",
    ...more,
  };
}

export const USAGE = {
  input_tokens: 10,
  output_tokens: 2,
  total_tokens: 12,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
};

/** Applies actions and frames in order. */
export function applyAll(state: ChatState, ...events: readonly (Action | ServerFrame)[]): ChatState {
  return events.reduce<ChatState>(
    (before, one) => reduce(before, isAction(one) ? one : { type: "frame", frame: one }),
    state,
  );
}

const ACTIONS: Readonly<Record<Action["type"], true>> = {
  frame: true,
  link: true,
  opened: true,
  drafted: true,
  held: true,
  queued: true,
  attached: true,
  detached: true,
  sent: true,
  older_requested: true,
  sought: true,
  withdrawn: true,
  confirmed: true,
  decided: true,
  editing: true,
  stopping: true,
  retried: true,
  retracted: true,
  model_chosen: true,
  rated: true,
  signing_in: true,
  sign_in_failed: true,
  signed_out: true,
  alert_dismissed: true,
  note_dismissed: true,
};

function isAction(value: Action | ServerFrame): value is Action {
  return Object.hasOwn(ACTIONS, value.type);
}
