/** The problem of the model in a health response. */
import { withoutAccount } from "../../errors.ts";

interface Problem {
  readonly problem: string;
  readonly advice: string;
}

/** @param showDetails whether accounts and roles are shown, as `--health-details` allows. */
export function describeProblem({ problem, advice }: Problem, showDetails: boolean): Problem {
  if (showDetails) return { problem, advice };
  return { problem: withoutAccount(problem), advice: withoutAccount(advice) };
}
