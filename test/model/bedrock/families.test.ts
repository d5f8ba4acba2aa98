import { describe, expect, test } from "bun:test";
import { capabilitiesOf } from "../../../src/model/capabilities.ts";
import { findFamily, overflowMessage } from "../../bedrock/families.ts";
import type { Reply } from "../../bedrock/index.ts";
import { MODEL_IDS } from "./ids.ts";
import {
  collectOutcome,
  createAssistantMessage,
  createCallPart,
  createModelRequest,
  createResultsMessage,
  createUserMessage,
  textOf,
  useSharedTestBed,
} from "./setup.ts";

const contextOf = (id: string) => findFamily(id)?.contextTokens ?? 0;
const shared = useSharedTestBed({ stopSequences: ["END"], reasoningTokens: 2000 });

describe("a call, its result and a turn without tools work with", () => {
  for (const model of MODEL_IDS) {
    test(model, async () => {
      const { bedrock, model: port } = shared();
      const before = bedrock.requests.length;
      const withCall: Reply =
        capabilitiesOf(model).tools === "none"
          ? { text: '<tool_call>{"name":"search","arguments":{"q":"a"}}</tool_call>' }
          : { calls: [{ name: "search", input: { q: "a" }, id: "c1" }] };
      bedrock.script([withCall, { text: ["It is ", "a."] }, { text: ["Good", "bye."] }]);
      const sampling = { temperature: 0.3, topP: 0.8 };
      const first = await collectOutcome(port, { model, ...sampling });
      const called = first.events.flatMap((event) =>
        event.type === "call" ? [[event.call.name, event.call.arguments]] : [],
      );
      expect([called, first.events.at(-1)]).toEqual([
        [["search", { q: "a" }]],
        expect.objectContaining({ type: "end", stopReason: "tool_use" }),
      ]);
      const history = [
        createUserMessage("hi"),
        createAssistantMessage(createCallPart("c1", { q: "a" })),
        createResultsMessage({ callId: "c1", content: "a", status: "failed" }),
      ];
      expect(textOf(await collectOutcome(port, { model, ...sampling, messages: history }))).toBe("It is a.");
      const farewell = [
        ...history,
        createAssistantMessage({ type: "text", text: "It is a." }),
        createUserMessage("bye"),
      ];
      expect(textOf(await collectOutcome(port, { model, ...sampling, messages: farewell, tools: [] }))).toBe(
        "Goodbye.",
      );
      const sent = bedrock.requests.slice(before);
      expect(sent.map(({ refusal }) => refusal)).toEqual([undefined, undefined, undefined]);
      expect(sent.at(-1)?.streaming).toBe(capabilitiesOf(model).streaming);
    });
  }
});

describe("a turn that stopped between result and reply, and two more questions with one token each, work with", () => {
  for (const model of MODEL_IDS)
    test(model, async () => {
      const { bedrock, model: port } = shared();
      const before = bedrock.requests.length;
      bedrock.script([{ text: "Yes." }, { text: "No." }]);
      const sampling = { temperature: 0.3, topP: 0.8, stopSequences: ["STOP"], maxTokens: 1 };
      const stopped = [
        createUserMessage("hi"),
        createAssistantMessage(createCallPart("c1", { q: "a" })),
        createResultsMessage({ callId: "c1", content: "a" }),
        createUserMessage("and?"),
      ];
      expect(textOf(await collectOutcome(port, { model, ...sampling, messages: stopped }))).toBe("Yes.");
      const messages = [
        ...stopped,
        createAssistantMessage({ type: "text", text: "Yes." }),
        createUserMessage("really?"),
      ];
      expect(textOf(await collectOutcome(port, { model, ...sampling, messages }))).toBe("No.");
      expect(bedrock.requests.slice(before).map(({ refusal }) => refusal)).toEqual([undefined, undefined]);
    });
});

describe("an abort closes the connection, and a history that is too long fails with context_exceeded, for", () => {
  for (const model of MODEL_IDS) {
    test(model, async () => {
      const { bedrock, model: port } = shared();
      const stop = new AbortController();
      bedrock.script(() => {
        // A call without streaming can only be aborted before its response.
        if (!capabilitiesOf(model).streaming) setTimeout(() => stop.abort(), 0);
        return { text: ["a", "b"], fault: { after: 2, kind: "silence" } };
      });
      const request = createModelRequest({ model, tools: [] });
      const read = async () => {
        for await (const event of port.stream(request, stop.signal)) if (event.type === "text") stop.abort();
      };
      await expect(read()).rejects.toMatchObject({ code: "cancelled" });
      expect(await bedrock.requests.at(-1)?.outcome).toBe("disconnected");
    });
  }

  for (const model of MODEL_IDS) {
    test(`${model}: ${overflowMessage(model).slice(0, 60)}`, async () => {
      const { bedrock, model: port } = shared();
      const { error } = await collectOutcome(port, {
        model,
        messages: [createUserMessage("word ".repeat(contextOf(model)))],
        tools: [],
      });
      expect([error?.code, bedrock.requests.at(-1)?.refusal?.message]).toEqual([
        "context_exceeded",
        overflowMessage(model),
      ]);
    });
  }
});
