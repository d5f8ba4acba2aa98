/** The worker that does one task over a long text, away from the thread that serves people. */
import type { TaskRequest } from "./worker-pool.ts";
import { runTask } from "./worker-tasks.ts";

declare const self: Worker;

self.onmessage = ({ data: { name, input } }: MessageEvent<TaskRequest>) => {
  self.postMessage(runTask(name, input));
};
