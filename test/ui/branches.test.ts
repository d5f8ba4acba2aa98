import { describe, expect, test } from "bun:test";
import { findAlternatives } from "../../ui/state/branches.ts";
import { createSessionFrame } from "../browser/scripted.ts";

/** Creates a session, a branch of `origin` after a message when it has one. Later numbers are created later. */
function create(number: number, origin?: number, after: string | null = null) {
  return createSessionFrame(`s${number}`, `Talk ${number}`, {
    created_at: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
    ...(origin !== undefined && {
      branch: { session_id: `s${origin}`, message_id: `m${number}`, after },
    }),
  });
}

describe("`findAlternatives()`", () => {
  const sessions = [create(9), create(4, 2, "q2"), create(3, 1), create(2, 1, "q1"), create(1)];
  const find = (current: string, after: string | null) => findAlternatives(sessions, current, after);

  test("has the conversation and its branches at a message, oldest first.", () => {
    expect(find("s1", "q1")).toEqual({ sessions: ["s1", "s2"], at: 0 });
    expect(find("s2", "q1")).toEqual({ sessions: ["s1", "s2"], at: 1 });
    expect(find("s1", null)).toEqual({ sessions: ["s1", "s3"], at: 0 });
  });

  test("shows a branch of a later message at the version that it continues.", () => {
    expect(find("s4", "q2")).toEqual({ sessions: ["s2", "s4"], at: 1 });
    expect(find("s4", "q1")).toEqual({ sessions: ["s1", "s2"], at: 1 });
    expect(find("s4", null)).toEqual({ sessions: ["s1", "s3"], at: 0 });
  });

  test("has nothing where the conversation went on in one way, and for others.", () => {
    expect(find("s1", "q2")).toBeUndefined();
    expect(find("s9", null)).toBeUndefined();
    expect(find("unknown", null)).toBeUndefined();
    expect(findAlternatives(sessions, undefined, null)).toBeUndefined();
  });

  test("ends when branches name each other.", () => {
    const ring = [create(1, 2, "q"), create(2, 1, "q")];
    expect(findAlternatives(ring, "s1", "q")).toEqual({ sessions: ["s1", "s2"], at: 0 });
  });
});
