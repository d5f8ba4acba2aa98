import { useEffect, useState } from "react";
import type { ResultContent } from "./content.ts";
import { fetchResult, findKeptResult, type ResultSource } from "./fetch-result.ts";

export type WholeResult =
  | { readonly status: "none" }
  | { readonly status: "loading"; readonly share: number }
  | { readonly status: "loaded"; readonly content: ResultContent }
  | { readonly status: "failed"; readonly message: string; readonly retry: () => void };

/** Loads the whole result of a call while the component is mounted. @param source undefined loads nothing. */
export function useWholeResult(source: ResultSource | undefined): WholeResult {
  const { session, call } = source ?? {};
  const [attempt, setAttempt] = useState(0);
  const [result, setResult] = useState<WholeResult>(() => {
    const content = source && findKeptResult(source);
    return content ? { status: "loaded", content } : { status: "none" };
  });
  const isLoaded = result.status === "loaded";
  useEffect(() => {
    if (session === undefined || call === undefined || isLoaded) return;
    const controller = new AbortController();
    const { signal } = controller;
    const set = (next: WholeResult) => {
      if (!signal.aborted) setResult(next);
    };
    set({ status: "loading", share: 0 });
    fetchResult({ session, call }, (share) => set({ status: "loading", share }), signal).then(
      (content) => set({ status: "loaded", content }),
      (error: unknown) =>
        set({
          status: "failed",
          message: error instanceof Error ? error.message : String(error),
          retry: () => setAttempt(attempt + 1),
        }),
    );
    return () => controller.abort();
  }, [session, call, attempt, isLoaded]);
  return result;
}
