/** Creates the limits of the settings and of roles. */
import type { Authorizer } from "../access/authorization/types.ts";
import { Failover } from "../access/limits/failover.ts";
import { createLimiter } from "../access/limits/limiter.ts";
import { completeStores } from "../access/limits/shared-stores.ts";
import type { Limiter } from "../access/limits/types.ts";
import { readLimits } from "../config/limits.ts";
import type { Config } from "../config/settings.ts";
import type { App, Ports } from "../context.ts";
import type { OpenedStore } from "../store/open.ts";

type LimiterApp = Pick<App, "audit" | "telemetry"> & { readonly authorizer: Authorizer };

export function createConfiguredLimiter(
  config: Config,
  { now: currentTime, log }: Pick<Ports, "now" | "log">,
  { limitStores = {} }: Pick<OpenedStore, "limitStores">,
  { audit, authorizer, telemetry }: LimiterApp,
): Limiter {
  const now = () => currentTime().getTime();
  const failover = new Failover({
    now,
    onOutage: (detail) =>
      log.warning("store of limits unavailable: this process counts on its own until it is back", { detail }),
    onRecovery: () => log.info("store of limits is back"),
  });
  return createLimiter({
    table: readLimits(config),
    limitsOf: (caller) => authorizer.permissionsFor(caller).limits,
    stores: completeStores(limitStores, failover, now),
    now,
    onRefusal({ scope, kind, limit }) {
      telemetry.count("limited", { scope, kind });
      audit.record({ event: "denied", reason: "limit", code: `${scope}_${kind}`, subject: limit });
    },
    onWarning: ({ scope, message }, { caller }) =>
      log.warning("budget nearly used up", { scope, caller: caller.id, detail: message }),
  });
}
