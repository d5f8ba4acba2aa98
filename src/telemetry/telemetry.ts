/** Records metrics and costs from the events of turns. */
import type { TurnId } from "../chat/types.ts";
import { type CostOf, costOfTurn } from "./cost.ts";
import { Ledger } from "./ledger.ts";
import type { Metrics } from "./metrics.ts";
import type { Telemetry } from "./types.ts";

export function createTelemetry({ now, cost }: { now: () => Date; cost: CostOf }): Telemetry {
  const ledger = new Ledger(now);
  const startTimes = new Map<TurnId, number>();
  // Loaded on demand: the library takes longer to load than the server to start.
  let loading: Promise<Metrics> | undefined;
  const metrics = () => {
    loading ??= import("./metrics.ts").then(({ Metrics }) => new Metrics());
    return loading;
  };
  const update = (record: (metrics: Metrics) => void) => void metrics().then(record);
  return {
    observe(event, { session, caller, turn, endpoint }) {
      switch (event.type) {
        case "turn_started":
          startTimes.set(turn, now().getTime());
          return;
        case "call_ended": {
          // Models invent names. Each would become a time series of its own.
          const label = endpoint(event.result.name) ?? "unknown";
          return update((to) => to.recordCall(label, event.result.status));
        }
        case "notice":
          return update((to) => to.recordNotice(event.code));
        case "turn_ended": {
          const { end } = event;
          const seconds = (now().getTime() - (startTimes.get(turn) ?? now().getTime())) / 1000;
          startTimes.delete(turn);
          ledger.add(session, caller, costOfTurn(end.spent, cost));
          return update((to) => {
            const reason = end.outcome === "answered" ? end.stopReason : end.error.code;
            to.recordRequest(end.outcome, reason, seconds);
            for (const call of end.spent) to.recordUsage(call, cost(call.model, call.usage));
          });
        }
      }
    },
    recordAgentRequest: (...request) => update((to) => to.recordRequest(...request)),
    recordUsage(spent, { session, caller }) {
      ledger.add(session, caller, costOfTurn(spent, cost));
      for (const call of spent) update((to) => to.recordUsage(call, cost(call.model, call.usage)));
    },
    recordRefusal: (scope, kind) => update((to) => to.recordRefusal(scope, kind)),
    costs: (session, caller) => ledger.costs(session, caller),
    async metrics() {
      const loaded = await metrics();
      return { text: await loaded.text(), contentType: loaded.contentType };
    },
  };
}
