/** Checks that a caller may use the protocol of a route. */
import type { Caller } from "../access/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Route } from "../routes/_http/types.ts";

/** @throws AppError `forbidden` when the roles of the caller allow none of the protocols that the route serves */
export function checkProtocol(
  { enabled, opensSocket }: Pick<Route, "enabled" | "opensSocket">,
  isSocket: boolean,
  { authorizer, config }: Pick<App, "authorizer" | "config">,
  caller: Caller,
): void {
  const { allowsProtocol } = authorizer.permissionsFor(caller);
  const contracts = config.contracts.filter(allowsProtocol);
  if (contracts.length === config.contracts.length) return;
  const isAllowed =
    isSocket && opensSocket ? contracts.includes(opensSocket) : !enabled || enabled({ ...config, contracts });
  if (isAllowed) return;
  throw new AppError("forbidden", "Your roles do not allow this protocol.", { reason: "protocol" });
}
