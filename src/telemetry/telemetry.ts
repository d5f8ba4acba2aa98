/** Fed with every event of every turn: the figures for a monitor, and the sums of what was spent. */
import type { TurnId } from "../chat/types.ts";
import { type CostOf, costOfTurn } from "./cost.ts";
import { Ledger } from "./ledger.ts";
import type { Metrics } from "./metrics.ts";
import type { Telemetry } from "./types.ts";

export function createTelemetry({ now, cost }: { now: () => Date; cost: CostOf }): Telemetry {
  const ledger = new Ledger(now);
  const begun = new Map<TurnId, number>();
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
          begun.set(turn, now().getTime());
          return;
        case "call_ended": {
          // Models invent names, and each would become a series of its own.
          const called = endpoint(event.result.name) ?? "unknown";
          return count((to) => to.called(called, event.result.status));
        }
        case "notice":
          return count((to) => to.noticed(event.code));
        case "turn_ended": {
          const { end } = event;
          const seconds = (now().getTime() - (begun.get(turn) ?? now().getTime())) / 1000;
          begun.delete(turn);
          ledger.spend(session, caller, costOfTurn(end.spent, cost));
          return count((to) => {
            to.ended(end, seconds);
            for (const spent of end.spent) to.spent(spent, cost(spent.model, spent.usage));
          });
        }
      }
    },
    spent(spent, { session, caller }) {
      ledger.spend(session, caller, costOfTurn(spent, cost));
      for (const one of spent) count((to) => to.spent(one, cost(one.model, one.usage)));
    },
    costs: (session, caller) => ledger.costs(session, caller),
    async metrics() {
      const loaded = await metrics();
      return { text: await loaded.text(), contentType: loaded.contentType };
    },
  };
}
