import { describe, expect, test } from "bun:test";
import type { ApprovalFrame, PendingCallFrame } from "../../src/protocols/native/types.ts";
import { undecidedCalls } from "../../ui/state/approval.ts";
import { groupParts } from "../../ui/state/group-parts.ts";
import { findLiveReply } from "../../ui/state/turns.ts";
import { type ChatState, INITIAL_STATE } from "../../ui/state/types.ts";
import { applyAll, createAiResponse, createEstablishedFrame, createFrameSequencer } from "./frames.ts";

const EXPIRES = "2099-01-01T00:00:00.000Z";

const pendingCall = (id: string): PendingCallFrame => ({
  tool_call_id: id,
  name: "deleteOrder",
  arguments: { id },
  method: "DELETE",
  path: "/orders/{id}",
  request: { method: "DELETE", url: `https://shop.example/orders/${id}` },
});

function request(calls: readonly PendingCallFrame[], id = "p") {
  const frame: ApprovalFrame & { type: "approval_request" } = {
    type: "approval_request",
    approval_id: id,
    tool_calls: calls,
    expires_at: EXPIRES,
  };
  return frame;
}

/** Returns the id, status and decision of each call. */
const callStates = (state: ChatState) =>
  state.entries.flatMap((entry) =>
    entry.kind === "reply"
      ? entry.parts.flatMap((part) =>
          part.type === "call" ? [[part.id, part.status, part.approval?.decision] as const] : [],
        )
      : [],
  );

const next = createFrameSequencer();
const waiting = applyAll(
  INITIAL_STATE,
  createEstablishedFrame(),
  { type: "queued", text: "Delete them" },
  { type: "sent" },
  next({ type: "typing", message: "…" } as const),
  next({ type: "text_delta", text: "I would delete them." } as const),
  next(request([pendingCall("a"), pendingCall("b"), pendingCall("c")])),
);
const decide = (approved: boolean, ...ids: readonly string[]) =>
  ({ type: "decided", approvalId: "p", calls: ids, approved }) as const;

describe("calls that wait for approval", () => {
  test("are parts of the reply with their requests, separate from other calls", () => {
    const parts = findLiveReply(waiting)?.parts ?? [];
    const [first] = undecidedCalls(parts);
    expect(first).toEqual({
      type: "call",
      id: "a",
      name: "deleteOrder",
      arguments: { id: "a" },
      method: "DELETE",
      path: "/orders/{id}",
      status: "waiting",
      approval: {
        approvalId: "p",
        expiresAt: EXPIRES,
        request: { method: "DELETE", url: "https://shop.example/orders/a" },
        decision: undefined,
      },
      httpStatus: undefined,
      durationMs: undefined,
      result: undefined,
      file: undefined,
    });
    expect(groupParts(parts).map(({ type }) => type)).toEqual(["text", "approval"]);
  });

  test("are not duplicated if the call was already received", () => {
    const call = { type: "tool_call", ...pendingCall("a") } as const;
    const announced = applyAll(waiting, { ...call, seq: 4, turn_id: "turn-1" });
    expect(callStates(announced)).toEqual([
      ["a", "running", undefined],
      ["b", "waiting", undefined],
      ["c", "waiting", undefined],
    ]);
    const requested = applyAll(announced, { ...request([pendingCall("a")], "q"), seq: 5, turn_id: "turn-1" });
    expect(callStates(requested).map(([id, status]) => [id, status])).toEqual([
      ["a", "waiting"],
      ["b", "waiting"],
      ["c", "waiting"],
    ]);
    expect(groupParts(findLiveReply(requested)?.parts ?? []).length).toBe(3);
  });

  test("are decided one by one: a repeated request names the remaining calls, and results end the waiting", () => {
    const one = applyAll(waiting, decide(true, "a"));
    expect(callStates(one)[0]).toEqual(["a", "waiting", "allowed"]);
    const two = applyAll(one, decide(false, "b"), {
      ...request([pendingCall("b"), pendingCall("c")]),
      seq: 4,
      turn_id: "turn-1",
    });
    expect(callStates(two)).toEqual([
      ["a", "running", "allowed"],
      ["b", "waiting", "denied"],
      ["c", "waiting", undefined],
    ]);
    const result = (id: string, status: "ok" | "failed") =>
      ({
        type: "tool_result",
        tool_call_id: id,
        name: "deleteOrder",
        status,
        duration_ms: 1,
        result: "",
        turn_id: "turn-1",
      }) as const;
    const three = applyAll(
      two,
      { ...result("a", "ok"), seq: 5 },
      { ...result("b", "failed"), seq: 6 },
      { ...result("c", "ok"), seq: 7 },
    );
    expect(callStates(three).map(([, status]) => status)).toEqual(["ok", "failed", "ok"]);
  });

  test("are marked as decided elsewhere only if the user has just decided on them", () => {
    const error = { type: "error", code: "approval_not_found", message: "No.", retryable: false } as const;
    const late = applyAll(waiting, decide(true, "b"), error);
    expect([callStates(late).map(([, , decision]) => decision), late.alert]).toEqual([
      [undefined, "elsewhere", undefined],
      undefined,
    ]);
    expect(applyAll(waiting, error).alert).toBe("No.");
  });

  test("are undecided again after a lost connection, because the decision may not have arrived", () => {
    const lost = applyAll(waiting, decide(true, "a"), { type: "link", link: "reconnecting" });
    expect(undecidedCalls(findLiveReply(lost)?.parts ?? []).length).toBe(3);
  });

  test("stop waiting when the turn ends", () => {
    const stopped = applyAll(waiting, {
      ...createAiResponse("", { stop_reason: "stopped" }),
      seq: 4,
      turn_id: "turn-1",
    });
    expect(callStates(stopped).map(([, status]) => status)).toEqual(["unknown", "unknown", "unknown"]);
  });

  test("do not block new messages, which are queued as in every turn", () => {
    const state = applyAll(waiting, { type: "queued", text: "Next" });
    expect([state.queue.map(({ text }) => text), applyAll(state, { type: "sent" })]).toEqual([
      ["Next"],
      state,
    ]);
  });
});
