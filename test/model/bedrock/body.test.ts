import { expect, test } from "bun:test";
import { parseJson } from "../../../src/json.ts";
import { bodyBytes } from "../../../src/model/bedrock/body.ts";
import { converseBody } from "../../../src/model/bedrock/request.ts";
import { capabilitiesOf } from "../../../src/model/capabilities.ts";
import { assistant, bench, CLAUDE, call, modelRequest, outcomeOf, results, SEARCH, user } from "./setup.ts";

test("the body is the JSON of the request, long integers, tools and cache points included", () => {
  const exact = { ...SEARCH, name: "exact", inputSchema: { type: "object", maximum: 9007199254740993n } };
  const request = modelRequest({
    tools: [SEARCH, exact],
    messages: [
      user("Grüße 🌍"),
      assistant(call("1", { id: 9007199254740993n })),
      results({ callId: "1", content: "a" }),
    ],
  });
  const body = converseBody(request, capabilitiesOf(CLAUDE), {});
  const read = () => parseJson(Buffer.from(bodyBytes(body)).toString());
  expect(read()).toEqual(body);
  expect(read()).toEqual(body);
});

test("a tool that changed is sent as it is now", async () => {
  const { bedrock, model } = await bench();
  bedrock.script(() => ({ text: "ok" }));
  const described = (description: string) => outcomeOf(model, { tools: [{ ...SEARCH, description }] });
  await described("One.");
  await described("One.");
  await described("Two.");
  const sent = bedrock.requests.map(({ body }) => JSON.stringify(body.toolConfig));
  expect([sent[1] === sent[0], sent[2] === sent[0]?.replace("One.", "Two.")]).toEqual([true, true]);
  model.close();
  await bedrock.stop();
});
