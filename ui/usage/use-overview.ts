import { useEffect, useState } from "react";
import type { UsageOverview } from "../../src/telemetry/usage/overview.ts";
import { fetchOverview } from "./usage-client.ts";

export interface OverviewState {
  /** The last one that was loaded. It stays while another loads. */
  readonly overview: UsageOverview | undefined;
  readonly isLoading: boolean;
  readonly problem: string | undefined;
  readonly retry: () => void;
}

/** Loads the overview from a day on. */
export function useOverview(since: string): OverviewState {
  const [overview, setOverview] = useState<UsageOverview>();
  const [problem, setProblem] = useState<string>();
  const [isLoading, setIsLoading] = useState(true);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setIsLoading(true);
    setProblem(undefined);
    fetchOverview(since, abort.signal)
      .then(setOverview, (error: Error) => {
        if (!abort.signal.aborted) setProblem(error.message);
      })
      .finally(() => {
        if (!abort.signal.aborted) setIsLoading(false);
      });
    return () => abort.abort();
  }, [since, attempt]);
  return { overview, isLoading, problem, retry: () => setAttempt(attempt + 1) };
}
