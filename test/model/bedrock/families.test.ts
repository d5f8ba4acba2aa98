import { describe, expect, test } from "bun:test";
import { capabilitiesOf } from "../../../src/model/capabilities.ts";
import type { Reply } from "../../bedrock/index.ts";
import { EVERY_FAMILY } from "./ids.ts";
import { assistant, call, outcomeOf, results, sharedBench, textOf, user } from "./setup.ts";

const shared = sharedBench({ stopSequences: ["END"], reasoningTokens: 2000 });

describe("a turn with a call, its result and an answer, then one without tools:", () => {
  for (const model of EVERY_FAMILY) {
    test(model, async () => {
      const { bedrock, model: port } = shared();
      const before = bedrock.requests.length;
      const asking: Reply =
        capabilitiesOf(model).tools === "none"
          ? { text: '<tool_call>{"name":"search","arguments":{"q":"a"}}</tool_call>' }
          : { calls: [{ name: "search", input: { q: "a" }, id: "c1" }] };
      bedrock.script([asking, { text: ["It is ", "a."] }, { text: ["Good", "bye."] }]);
      const sampling = { temperature: 0.3, topP: 0.8 };
      const first = await outcomeOf(port, { model, ...sampling });
      const called = first.events.flatMap((event) =>
        event.type === "call" ? [[event.call.name, event.call.arguments]] : [],
      );
      expect([called, first.events.at(-1)]).toEqual([
        [["search", { q: "a" }]],
        expect.objectContaining({ type: "end", stopReason: "tool_use" }),
      ]);
      const history = [
        user("hi"),
        assistant(call("c1", { q: "a" })),
        results({ callId: "c1", content: "a", status: "failed" }),
      ];
      expect(textOf(await outcomeOf(port, { model, ...sampling, messages: history }))).toBe("It is a.");
      const farewell = [...history, assistant({ type: "text", text: "It is a." }), user("bye")];
      expect(textOf(await outcomeOf(port, { model, ...sampling, messages: farewell, tools: [] }))).toBe(
        "Goodbye.",
      );
      const sent = bedrock.requests.slice(before);
      expect(sent.map(({ refusal }) => refusal)).toEqual([undefined, undefined, undefined]);
      expect(sent.at(-1)?.streaming).toBe(true);
    });
  }
});
