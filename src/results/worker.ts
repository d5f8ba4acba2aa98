/** The worker that does one task over a long text, away from the thread that serves people. */
import { serveTask } from "../workers/serve-task.ts";
import { runTask, type TaskName, type Tasks } from "./worker-tasks.ts";

serveTask(({ name, data, input }) => {
  const { text, output } = runTask(name as TaskName, data as string, input as Tasks[TaskName]["input"]);
  return { texts: [text], output };
});
