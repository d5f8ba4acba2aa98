/** `specchat usage`: adds up what the sessions of the store have used. */
import { createModel } from "../app/create-model.ts";
import { loadPrices } from "../app/load-prices.ts";
import { openSessionStore } from "../app/open-session-store.ts";
import { AppError, StartError } from "../errors.ts";
import { collectUsage, formatUsageCsv, parseUsageKeys } from "../telemetry/usage/report.ts";
import { USAGE_KEYS } from "../telemetry/usage/types.ts";
import { withPlainOutput } from "./plain-output.ts";

export const usage = withPlainOutput(
  async ({ loaded: { config, arguments: args }, terminal, ports, stop }) => {
    const { by, since, until, csv } = args.flags;
    const query = {
      by: parseKeys(typeof by === "string" ? by : "day"),
      since: parseDay("since", since),
      until: parseDay("until", until),
    };
    if (config.store === "memory")
      throw new StartError(
        "--store memory stores no sessions for this command. Set --store to sqlite, redis:// or dynamodb://.",
      );
    const model = createModel(config, config.model, ports, await loadPrices(config, ports));
    const { store, bus } = await openSessionStore(config, ports, true);
    try {
      const rows = await collectUsage({ store, cost: model.cost, signal: stop }, query);
      terminal.out(csv ? formatUsageCsv(rows, query.by) : `${JSON.stringify(rows, undefined, 2)}\n`);
      return 0;
    } catch (error) {
      if (error instanceof AppError && error.code === "store_unavailable")
        throw new StartError(`Session store unavailable: ${error.detail ?? error.message}`);
      throw error;
    } finally {
      model.close();
      await bus?.close();
      await store.close();
    }
  },
);

/** @throws StartError */
function parseKeys(text: string) {
  const keys = parseUsageKeys(text);
  if (keys === undefined) throw new StartError(`--by ${text}: the keys are ${USAGE_KEYS.join(", ")}.`);
  return keys;
}

/** @throws StartError */
function parseDay(flag: string, value: string | true | undefined): string | undefined {
  if (typeof value !== "string" || /^\d{4}-\d\d-\d\d$/.test(value)) return value === true ? undefined : value;
  throw new StartError(`--${flag} ${value} is no day such as 2026-11-29.`);
}
