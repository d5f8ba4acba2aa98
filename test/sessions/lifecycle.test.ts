import { describe, expect, test } from "bun:test";
import type { ApprovalId, TurnId, WaitingTurn } from "../../src/chat/types.ts";
import { Lifecycle } from "../../src/sessions/lifecycle.ts";
import type { ActiveRun } from "../../src/sessions/types.ts";

const run: ActiveRun = { abort: new AbortController(), done: Promise.resolve() };

function waitingTurn(expiresAt: Date): WaitingTurn {
  return {
    status: "waiting",
    id: "turn" as TurnId,
    approval: { id: "approval" as ApprovalId, calls: [], expiresAt: expiresAt.toISOString() },
    decisions: [],
    results: [],
    model: "m",
    text: "",
  };
}

const later = () => waitingTurn(new Date(Date.now() + 60_000));

function createLifecycle(onExpired: () => Promise<void> = async () => {}): Lifecycle {
  return new Lifecycle({ now: () => new Date(), onExpired, onError: () => {} });
}

describe("`Lifecycle`", () => {
  test("goes from idle to running and back.", () => {
    const lifecycle = createLifecycle();
    expect(lifecycle.state).toEqual({ name: "idle" });
    lifecycle.start(run);
    expect(lifecycle.state).toEqual({ name: "running", run });
    lifecycle.end();
    expect(lifecycle.state).toEqual({ name: "idle" });
  });

  test("stays running until a suspended run ends, and then awaits approval.", () => {
    const lifecycle = createLifecycle();
    const turn = later();
    lifecycle.start(run);
    lifecycle.suspend(turn);
    expect([lifecycle.state.name, lifecycle.hasPendingApproval]).toEqual(["running", true]);
    lifecycle.end();
    expect(lifecycle.state).toEqual({ name: "awaiting-approval", turn });
    lifecycle.release();
    lifecycle.start(run);
    expect([lifecycle.state.name, lifecycle.hasPendingApproval]).toEqual(["running", false]);
  });

  test("awaits approval for a turn of another process, until that goes on.", () => {
    const lifecycle = createLifecycle();
    lifecycle.suspend(later());
    expect(lifecycle.state.name).toBe("awaiting-approval");
    lifecycle.release();
    expect(lifecycle.state.name).toBe("idle");
  });

  test("leaves closed when the session is used again.", () => {
    const lifecycle = createLifecycle();
    lifecycle.suspend(later());
    lifecycle.close();
    expect(lifecycle.state).toEqual({ name: "closed" });
    lifecycle.open();
    expect(lifecycle.state).toEqual({ name: "idle" });
  });

  test("reports an approval that expired, and again after an error.", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const lifecycle = createLifecycle(async () => resolve());
    const turn = waitingTurn(new Date(Date.now() + 20));
    expect(lifecycle.isExpired(turn)).toBe(false);
    lifecycle.suspend(turn);
    await promise;
    expect(lifecycle.isExpired(turn)).toBe(true);
  });
});
