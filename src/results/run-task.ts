/** Runs the tasks over long texts in the worker of this folder. */
import { runInWorker, type WorkerOptions } from "../workers/worker-pool.ts";
import type { TaskName, TaskResult, Tasks } from "./worker-tasks.ts";

/** The worker's module within the executable, which has all modules in one folder. Set by the build. */
declare const RESULTS_WORKER: string | undefined;

export interface Task<Name extends TaskName = TaskName> {
  readonly name: Name;
  readonly text: string;
  readonly input: Tasks[Name]["input"];
}

export type TaskOutcome<Name extends TaskName> =
  | ({ readonly outcome: "done" } & TaskResult<Name>)
  | { readonly outcome: "failed"; readonly problem: string };

/** Does one task in a worker. Never rejects. */
export async function runTaskInWorker<Name extends TaskName>(
  { name, text, input }: Task<Name>,
  options: WorkerOptions,
): Promise<TaskOutcome<Name>> {
  const path = typeof RESULTS_WORKER === "string" ? RESULTS_WORKER : "./worker.ts";
  const done = await runInWorker(new URL(path, import.meta.url), { name, data: text, input }, options);
  if (done.outcome === "failed") return done;
  const [found = ""] = done.texts;
  return { outcome: "done", text: found, output: done.output as Tasks[Name]["output"] };
}
