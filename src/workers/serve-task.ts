/** The side of a worker: does the one task that its thread was started for. */
import type { WorkerResult, WorkerTask } from "./worker-pool.ts";

declare const self: Worker;

/** Receives the data and then the task, and sends the texts of the result and then the rest. Bytes of it are handed over. */
export function serveTask(run: (task: WorkerTask) => WorkerResult): void {
  let data: WorkerTask["data"] | undefined;
  self.onmessage = ({ data: sent }: MessageEvent) => {
    if (data === undefined) {
      data = sent as WorkerTask["data"];
      return;
    }
    const { texts, output } = run({ ...(sent as Omit<WorkerTask, "data">), data });
    for (const text of texts) self.postMessage(text);
    self.postMessage({ output });
  };
}
