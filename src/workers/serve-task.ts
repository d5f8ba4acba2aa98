/** The side of a worker: does one task after another. */
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
    const task = { ...(sent as Omit<WorkerTask, "data">), data };
    data = undefined;
    const { texts, output } = run(task);
    for (const text of texts) self.postMessage(text);
    self.postMessage({ output });
  };
}
