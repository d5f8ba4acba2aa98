/** Stops the turn that runs or waits for approval, in any process. */
import type { ApprovalFlow } from "./approval-flow.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { TurnScheduler } from "./turn-scheduler.ts";

export interface TurnStopperPorts {
  readonly lifecycle: Lifecycle;
  readonly approvals: ApprovalFlow;
  readonly scheduler: TurnScheduler;
  /** Reads the stored turn, if another process has changed it. */
  readonly restore: () => Promise<unknown>;
}

export class TurnStopper {
  readonly #ports: TurnStopperPorts;
  #stopping: Promise<void> = Promise.resolve();

  constructor(ports: TurnStopperPorts) {
    this.#ports = ports;
  }

  /** Returns whether a turn waits for approval, in memory or in the store. */
  async hasPendingApproval(): Promise<boolean> {
    const { lifecycle, restore } = this.#ports;
    if (!lifecycle.run && !lifecycle.hasPendingApproval) await restore();
    return lifecycle.hasPendingApproval;
  }

  async stop(): Promise<void> {
    const stopping = this.#stop();
    this.#stopping = stopping.catch(() => undefined);
    await stopping;
  }

  /** Resolves when no turn runs or is about to, and none is being stopped. */
  async whenIdle(): Promise<void> {
    await this.#stopping;
    await this.#ports.scheduler.whenIdle();
  }

  /** Ends the turn that waits for approval: its pending calls are not sent, and the model is not called again. */
  async endPending(outcome: "expired" | "stopped"): Promise<void> {
    const { approvals, scheduler } = this.#ports;
    const started = await approvals.end(outcome);
    if (!started) return;
    const abort = new AbortController();
    abort.abort();
    scheduler.resume(started, abort);
  }

  async #stop(): Promise<void> {
    const { scheduler } = this.#ports;
    if (!(await this.hasPendingApproval())) return scheduler.stopRunning();
    await scheduler.whenIdle();
    await this.endPending("stopped");
  }
}
