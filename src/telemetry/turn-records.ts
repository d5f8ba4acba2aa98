/** Records turns and their tool calls: metrics, costs and spans. */
import type { TurnEnd, TurnEvent, TurnId } from "../chat/types.ts";
import { type CostOf, costOfTurn } from "./cost.ts";
import { currentScope, runInScope } from "./scope.ts";
import { describeCall, describeTurn } from "./spans.ts";
import type { CallAttributes, Scope, Telemetry, TraceContext, Traces, TurnBeginning } from "./types.ts";

/** Turns whose start is known. A turn that another process takes over never ends here. */
const MAX_OPEN_TURNS = 10_000;

export interface TurnRecordsOptions {
  readonly now: () => Date;
  readonly cost: CostOf;
  readonly telemetry: Pick<Telemetry, "count" | "time" | "recordAgentRequest" | "recordUsage">;
  /** Undefined when tracing is off. */
  readonly traces: Traces | undefined;
}

interface OpenTurn extends TurnBeginning {
  readonly startedAt: number;
  readonly context: TraceContext | undefined;
  readonly parent: TraceContext | undefined;
  question?: string;
  rounds: number;
}

export class TurnRecords {
  readonly #options: TurnRecordsOptions;
  readonly #open = new Map<TurnId, OpenTurn>();

  constructor(options: TurnRecordsOptions) {
    this.#options = options;
  }

  begin(beginning: TurnBeginning): Scope {
    const { now, traces } = this.#options;
    const scope = currentScope();
    const parent = scope.trace;
    const context = traces?.start(parent);
    const [oldest] = this.#open.keys();
    if (this.#open.size >= MAX_OPEN_TURNS && oldest !== undefined) this.#open.delete(oldest);
    const { session, turn } = beginning;
    this.#open.set(turn, { ...beginning, startedAt: now().getTime(), context, parent, rounds: 0 });
    return { ...scope, session, turn, trace: context ?? parent };
  }

  /** Counts a model call of the turn that the running code belongs to. */
  countRound(): void {
    const open = this.#open.get(currentScope().turn as TurnId);
    if (open) open.rounds += 1;
  }

  observe(event: TurnEvent, attributes: CallAttributes): void {
    const { count, time } = this.#options.telemetry;
    const open = this.#open.get(attributes.turn);
    switch (event.type) {
      case "turn_started":
        if (open) open.question = event.question.text;
        break;
      case "call_ended": {
        // Models invent names.
        const endpoint = attributes.endpoint(event.result.name) ?? "unknown";
        const { status, durationMs } = event.result;
        count("toolCalls", { endpoint, status });
        time("toolSeconds", { status }, durationMs / 1000);
        break;
      }
      case "notice":
        count("notices", { code: event.code });
        break;
      case "turn_waiting":
        this.#close(attributes.turn, undefined);
        break;
      case "turn_ended":
        this.#end(event.end, attributes, open);
    }
  }

  /** Runs a tool call, with a span when the turn is sampled. */
  async runCall(...[call, caller, run]: Parameters<Telemetry["runCall"]>): ReturnType<Telemetry["runCall"]> {
    const { now, traces } = this.#options;
    const scope = currentScope();
    const context = traces?.start(scope.trace);
    if (!traces || !context?.isSampled) return await run();
    const startedAt = now().getTime();
    const result = await runInScope({ ...scope, trace: context }, run);
    const described = describeCall({ call, result, session: scope.session, caller }, traces.hasContent);
    traces.record({ ...described, context, parent: scope.trace, startedAt, endedAt: now().getTime() });
    return result;
  }

  #end(end: TurnEnd, { session, caller, turn }: CallAttributes, open: OpenTurn | undefined): void {
    const { now, telemetry } = this.#options;
    const reason = end.outcome === "answered" ? end.stopReason : end.error.code;
    const seconds = open && !open.isResumed ? (now().getTime() - open.startedAt) / 1000 : undefined;
    telemetry.recordAgentRequest(end.outcome, reason, seconds);
    if (open && open.rounds > 0) telemetry.time("turnRounds", {}, open.rounds);
    telemetry.recordUsage(end.spent, { session, caller });
    this.#close(turn, end);
  }

  #close(turn: TurnId, end: TurnEnd | undefined): void {
    const { now, cost, traces } = this.#options;
    const open = this.#open.get(turn);
    this.#open.delete(turn);
    if (!traces || !open?.context?.isSampled) return;
    const { session, caller, model, question, context, parent, startedAt } = open;
    const costUsd = end ? costOfTurn(end.spent, cost) : null;
    const described = describeTurn({ session, caller, model, question, end, costUsd }, traces.hasContent);
    traces.record({ ...described, context, parent, startedAt, endedAt: now().getTime() });
  }
}
