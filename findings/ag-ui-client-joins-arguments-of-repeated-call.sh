#!/bin/sh
# @ag-ui/client 1.0.0 and 0.0.59: a tool call that a later run announces again gets its arguments twice.
#
# AG-UI: TOOL_CALL_ARGS adds a delta to the call with that id. A server that asks again about a call of an earlier run, as
# after a change of its request, may announce it again with TOOL_CALL_START, _ARGS and _END: assistant-ui shows an approval
# only at a call of the same run. One would expect the call to have the arguments `{"a":1}`. It has `{"a":1}{"a":1}`,
# which no server can read, and the next run sends them. A call that is announced again needs a new id.
#
# Exits non-zero when the behavior differs from this description.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund new@npm:@ag-ui/client@1.0.0 old@npm:@ag-ui/client@0.0.59 rxjs@7.8.1 >/dev/null
cat >run.mjs <<'JS'
import { from } from "rxjs";
for (const name of ["new", "old"]) {
  const { AbstractAgent } = await import(name);
  class Agent extends AbstractAgent {
    run({ threadId, runId }) {
      return from([
        { type: "RUN_STARTED", threadId, runId },
        { type: "TOOL_CALL_START", toolCallId: "c1", toolCallName: "go", parentMessageId: runId },
        { type: "TOOL_CALL_ARGS", toolCallId: "c1", delta: '{"a":1}' },
        { type: "TOOL_CALL_END", toolCallId: "c1" },
        { type: "RUN_FINISHED", threadId, runId },
      ]);
    }
  }
  const agent = new Agent({ threadId: "t" });
  await agent.runAgent({ runId: "r1" });
  await agent.runAgent({ runId: "r2" });
  const calls = agent.messages.flatMap(({ toolCalls = [] }) => toolCalls);
  console.log(name, ...calls.map((call) => `${call.id} ${call.function.arguments}`));
}
JS
seen=$(node run.mjs 2>/dev/null)
echo "$seen"
[ "$seen" = 'new c1 {"a":1}{"a":1}
old c1 {"a":1}{"a":1}' ]
