/**
 * The worker that does one task over a long text, away from the thread that serves people. It receives the text and then the
 * task, and sends the text of the result and then the rest.
 */
import type { Task } from "./worker-pool.ts";
import { runTask } from "./worker-tasks.ts";

declare const self: Worker;

let text: string | undefined;

self.onmessage = ({ data }: MessageEvent) => {
  if (text === undefined) {
    text = data as string;
    return;
  }
  const { name, input } = data as Omit<Task, "text">;
  const result = runTask(name, text, input);
  self.postMessage(result.text);
  self.postMessage(result.output);
};
