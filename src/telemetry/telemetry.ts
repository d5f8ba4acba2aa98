/** Fed with every event of every turn: the figures for a monitor, and the sums of what was spent. */
import type { TurnId } from "../chat/types.ts";
import { type CostOf, costOfTurn } from "./cost.ts";
import { Ledger } from "./ledger.ts";
import type { Metrics } from "./metrics.ts";
import type { Telemetry } from "./types.ts";

export function createTelemetry({ now, cost }: { now: () => Date; cost: CostOf }): Telemetry {
  const ledger = new Ledger(now);
  const startTimes = new Map<TurnId, number>();
  // Its library takes longer to load than the whole server has to start.
  let loading: Promise<Metrics> | undefined;
  const metrics = () => {
    loading ??= import("./metrics.ts").then(({ Metrics }) => new Metrics());
    return loading;
  };
  const count = (record: (metrics: Metrics) => void) => void metrics().then(record);
  return {
    observe(event, { session, caller, turn, endpoint }) {
      switch (event.type) {
        case "turn_started":
          startTimes.set(turn, now().getTime());
          return;
        case "call_ended": {
          // Models invent names, and each would become a series of its own.
          const label = endpoint(event.result.name) ?? "unknown";
          return count((to) => to.recordCall(label, event.result.status));
        }
        case "notice":
          return count((to) => to.recordNotice(event.code));
        case "turn_ended": {
          const { end } = event;
          const seconds = (now().getTime() - (startTimes.get(turn) ?? now().getTime())) / 1000;
          startTimes.delete(turn);
          ledger.add(session, caller, costOfTurn(end.spent, cost));
          return count((to) => {
            to.recordTurn(end, seconds);
            for (const spent of end.spent) to.recordUsage(spent, cost(spent.model, spent.usage));
          });
        }
      }
    },
    recordUsage(spent, { session, caller }) {
      ledger.add(session, caller, costOfTurn(spent, cost));
      for (const one of spent) count((to) => to.recordUsage(one, cost(one.model, one.usage)));
    },
    costs: (session, caller) => ledger.costs(session, caller),
    async metrics() {
      const loaded = await metrics();
      return { text: await loaded.text(), contentType: loaded.contentType };
    },
  };
}
