import type { App } from "../../context.ts";
import { Approvals } from "./approvals.ts";
import { KeptResults } from "./result-links.ts";
import type { Place } from "./types.ts";

export function createPlace(app: App): Place {
  const { approvalTimeout, maxSessions, sessionTimeout } = app.config;
  const now = () => app.now().getTime();
  return {
    app,
    approvals: new Approvals(approvalTimeout * 1000, now),
    results: new KeptResults(app.results, { most: maxSessions, validMs: sessionTimeout * 1000, now }),
    running: new Set(),
  };
}
