/** The worker that reads one long body or masks one long text, away from the thread that serves people. */
import { serveTask } from "../../workers/serve-task.ts";
import { maskSecrets } from "./mask-secrets.ts";
import { type HttpTasks, maskBody } from "./masked-body.ts";

serveTask(({ data, input }) => {
  // The name of a task says the same as the type of its data.
  if (typeof data === "string")
    return { texts: [maskSecrets(data, (input as HttpTasks["mask"]).secrets)], output: undefined };
  const { headers, secrets } = input as HttpTasks["readBody"];
  const [bytes = new Uint8Array()] = data;
  const body = maskBody({ body: bytes, headers }, secrets);
  if (body.type === "file") return { texts: [], output: body };
  return { texts: body.masked === body.text ? [body.text] : [body.text, body.masked], output: undefined };
});
