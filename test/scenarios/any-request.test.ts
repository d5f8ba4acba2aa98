import { expect, setDefaultTimeout, test } from "bun:test";
import { routes } from "../../src/server/routes.ts";
import { startSpecchat } from "../support/harness.ts";

// Thousands of requests take a while on a busy machine.
setDefaultTimeout(120_000);

const NAMES = ["x", "%zz", "%00", "..%2f", "__proto__", "0b9a2f0e-1111-4111-8111-111111111111"];
const MESSAGE = '{"id":"1","role":"user","parts":[{"type":"text","text":"hi"}],"content":"hi"}';
/** Valid and invalid bodies of every protocol. */
const BODIES = [
  "",
  "{",
  "null",
  "[]",
  '"x"',
  "{}",
  '{"message":5,"title":"","reason":5}',
  '{"message":"hi","session_id":"__proto__"}',
  '{"message":"hi","session_id":5,"images":["x"]}',
  '{"message":"hi","temperature":99,"model":"nope"}',
  '{"message":"\\ud800"}',
  `{"id":"c","model":"demo","threadId":"t","runId":"r","messages":[${MESSAGE}]}`,
  `{"threadId":"t","runId":"r","messages":[${MESSAGE}],"resume":[{"interruptId":"x","status":"resolved"}]}`,
  '{"model":"demo","messages":[{"role":"tool","tool_call_id":"1","content":"x"}]}',
  '{"model":"demo","messages":[{"role":"user","content":null},{"role":"assistant","content":[]}]}',
  '{"input_text":"hi","agent_id":"specchat","session_id":[]}',
  '{"input_text":"hi","agent_id":"specchat","session_id":"\\u0000","agent_alias_id":5}',
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":5}}',
];

test("no request to any route causes a server error", async () => {
  const specchat = await startSpecchat({ useDemoModel: true });
  const paths = routes
    .map((route) => route.path(specchat.app.config).replace("/*", "/x"))
    .flatMap((path) => (path.includes("/:") ? NAMES.map((name) => path.replace(/:\w+/, name)) : [path]));
  const failed: string[] = [];
  for (const path of paths)
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
      for (const body of method === "GET" || method === "HEAD" ? [undefined] : BODIES) {
        const response = await fetch(`${specchat.url}${path}`, {
          method,
          ...(body !== undefined && { body }),
          headers: { Accept: "application/json, text/event-stream", "Content-Type": "application/json" },
          redirect: "manual",
        });
        // The stream of notifications does not end.
        if (path === "/mcp" && method === "GET") await response.body?.cancel();
        else await response.text();
        if (response.status >= 500) failed.push(`${response.status} ${method} ${path} ${body}`);
      }
  expect(failed).toEqual([]);
  // Lines of the bedrock-agent protocol report client errors in another format.
  expect(specchat.log.filter((line) => line.includes("Z ERROR "))).toEqual([]);
  await specchat.stop();
});
