/** Warns about rules of roles that restrict nothing: a spelling mistake would leave an operation allowed. */
import type { App } from "../context.ts";
import { factsOf } from "./permitted-catalog.ts";

/** Logs the rules that match no operation, and again when the roles, the documents or other tools change what they match. */
export function watchUnmatchedRules({
  apis,
  authorizer,
  log,
}: Pick<App, "apis" | "authorizer" | "log">): void {
  let reported = "";
  const report = () => {
    const { custom, tools } = apis.current;
    const operations = [...tools, ...custom].map(factsOf);
    // The documents may not be loaded yet.
    if (operations.length === 0) return;
    const rules = authorizer.listUnmatchedRules(operations).join("; ");
    if (rules !== "" && rules !== reported)
      log.warning("rules of roles match no operation, so they restrict nothing; check their spelling", {
        rules,
      });
    reported = rules;
  };
  report();
  apis.onChange(report);
  authorizer.onChange(report);
}
