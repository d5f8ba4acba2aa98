import { describe, expect, test } from "bun:test";
import type { ApprovalFrame, PendingCallFrame } from "../../src/protocols/native/types.ts";
import { undecidedCalls } from "../../ui/state/approval.ts";
import { groupParts } from "../../ui/state/group-calls.ts";
import { findLiveReply } from "../../ui/state/turns.ts";
import { type ChatState, INITIAL_STATE } from "../../ui/state/types.ts";
import { applyAll, createAiResponse, createEstablishedFrame, createFrameSequencer } from "./frames.ts";

const EXPIRES = "2099-01-01T00:00:00.000Z";

const held = (id: string): PendingCallFrame => ({
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

/** Each call with what is known of it. */
const calls = (state: ChatState) =>
  state.entries.flatMap((entry) =>
    entry.kind === "answer"
      ? entry.parts.flatMap((part) =>
          part.type === "call" ? [[part.id, part.status, part.approval?.decision] as const] : [],
        )
      : [],
  );

const next = createFrameSequencer();
const waiting = applyAll(
  INITIAL_STATE,
  createEstablishedFrame(),
  { type: "asked", text: "Away with them" },
  { type: "sent" },
  next({ type: "typing", message: "…" } as const),
  next({ type: "text_delta", text: "I would delete them." } as const),
  next(request([held("a"), held("b"), held("c")])),
);
const decide = (approved: boolean, ...ids: readonly string[]) =>
  ({ type: "decided", approvalId: "p", calls: ids, approved }) as const;

describe("calls that wait for permission", () => {
  test("stand in the answer, each as it would be sent, apart from calls that are made", () => {
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

  test("are not shown twice where the call was told of before", () => {
    const call = { type: "tool_call", ...held("a") } as const;
    const told = applyAll(waiting, { ...call, seq: 4, turn_id: "turn-1" });
    expect(calls(told)).toEqual([
      ["a", "running", undefined],
      ["b", "waiting", undefined],
      ["c", "waiting", undefined],
    ]);
    const held2 = applyAll(told, { ...request([held("a")], "q"), seq: 5, turn_id: "turn-1" });
    expect(calls(held2).map(([id, status]) => [id, status])).toEqual([
      ["a", "waiting"],
      ["b", "waiting"],
      ["c", "waiting"],
    ]);
    expect(groupParts(findLiveReply(held2)?.parts ?? []).length).toBe(3);
  });

  test("are decided one by one: a request sent again names what is left, results end the waiting", () => {
    const one = applyAll(waiting, decide(true, "a"));
    expect(calls(one)[0]).toEqual(["a", "waiting", "allowed"]);
    const two = applyAll(one, decide(false, "b"), {
      ...request([held("b"), held("c")]),
      seq: 4,
      turn_id: "turn-1",
    });
    expect(calls(two)).toEqual([
      ["a", "running", "allowed"],
      ["b", "waiting", "refused"],
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
    expect(calls(three).map(([, status]) => status)).toEqual(["ok", "failed", "ok"]);
  });

  test("were answered elsewhere: only those the reader has just spoken on", () => {
    const error = { type: "error", code: "approval_not_found", message: "No.", retryable: false } as const;
    const late = applyAll(waiting, decide(true, "b"), error);
    expect([calls(late).map(([, , decision]) => decision), late.alert]).toEqual([
      [undefined, "elsewhere", undefined],
      undefined,
    ]);
    expect(applyAll(waiting, error).alert).toBe("No.");
  });

  test("are asked about again when the connection broke: nobody knows whether the answer arrived", () => {
    const lost = applyAll(waiting, decide(true, "a"), { type: "link", link: "reconnecting" });
    expect(undecidedCalls(findLiveReply(lost)?.parts ?? []).length).toBe(3);
  });

  test("wait no longer when the turn ends", () => {
    const stopped = applyAll(waiting, {
      ...createAiResponse("", { stop_reason: "stopped" }),
      seq: 4,
      turn_id: "turn-1",
    });
    expect(calls(stopped).map(([, status]) => status)).toEqual(["unknown", "unknown", "unknown"]);
  });

  test("do not keep anybody from writing: messages wait as they do behind every turn", () => {
    const state = applyAll(waiting, { type: "asked", text: "Next" });
    expect([state.queue.map(({ text }) => text), applyAll(state, { type: "sent" })]).toEqual([
      ["Next"],
      state,
    ]);
  });
});
