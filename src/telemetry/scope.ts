/**
 * The scope of the running code: the HTTP request, the session, the turn and the trace that it works for. It follows promises and
 * timers, so that every log line and every span has these ids without passing them through.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Scope } from "./types.ts";

const storage = new AsyncLocalStorage<Scope>();

/** Runs a function in a scope. */
export function runInScope<Result>(scope: Scope, run: () => Result): Result {
  return storage.run(scope, run);
}

/** Returns the scope of the running code. It is empty outside of requests and turns. */
export function currentScope(): Scope {
  return storage.getStore() ?? EMPTY;
}

const EMPTY: Scope = {};
