import { expect, test } from "bun:test";
import type { Message } from "../../../src/chat/types.ts";
import { parseJson } from "../../../src/json.ts";
import { Base64Cache } from "../../../src/model/bedrock/base64.ts";
import { serializeBody } from "../../../src/model/bedrock/body.ts";
import { buildConverseBody } from "../../../src/model/bedrock/request.ts";
import { capabilitiesOf } from "../../../src/model/capabilities.ts";
import { createPdf, createPng } from "../../files/samples.ts";
import {
  CLAUDE,
  collectOutcome,
  createAssistantMessage,
  createCallPart,
  createModelRequest,
  createResultsMessage,
  createTestBed,
  createUserMessage,
  SEARCH,
} from "./setup.ts";

test("`serializeBody()` writes the request as JSON, with exact integers, tools and cache points", async () => {
  const exact = { ...SEARCH, name: "exact", inputSchema: { type: "object", maximum: 9007199254740993n } };
  const request = createModelRequest({
    tools: [SEARCH, exact],
    messages: [
      createUserMessage("Grüße 🌍"),
      createAssistantMessage(createCallPart("1", { id: 9007199254740993n })),
      createResultsMessage({ callId: "1", content: "a" }),
    ],
  });
  const body = buildConverseBody(request, capabilitiesOf(CLAUDE), {});
  const read = async () => parseJson(Buffer.from(await serializeBody(body)).toString());
  expect(await read()).toEqual(body);
  expect(await read()).toEqual(body);
});

test("`serializeBody()` writes files as base64 among other blocks, also when they are sent again", async () => {
  const image = {
    name: "a",
    contents: { kind: "image", format: "png", width: 9, height: 9 },
    bytes: createPng(9, 9),
  };
  const bill = { name: "ü.pdf", contents: { kind: "document", format: "pdf" }, bytes: createPdf(500_000) };
  const withFiles = { ...createUserMessage("Grüße"), files: [image, bill] } as Message;
  const request = createModelRequest({
    messages: [createUserMessage("a"), createAssistantMessage({ type: "text", text: "b" }), withFiles],
  });
  const body = buildConverseBody(request, capabilitiesOf(CLAUDE), { cachePoints: false });
  const base64 = (bytes: Uint8Array) => ({ bytes: Buffer.from(bytes).toString("base64") });
  const content = [
    { image: { format: "png", source: base64(image.bytes) } },
    { document: { format: "pdf", name: "u pdf", source: base64(bill.bytes) } },
    { text: "Grüße" },
  ];
  const read = async () => parseJson(Buffer.from(await serializeBody(body)).toString());
  const expected = { ...body, messages: [...body.messages.slice(0, 2), { role: "user", content }] };
  expect([await read(), await read()]).toEqual([expected, expected]);
});

test("`Base64Cache` returns encoded files again and evicts the least recently used", async () => {
  const cache = new Base64Cache(20);
  const [a, b, c] = [1, 2, 3].map((byte) => new Uint8Array(6).fill(byte)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const [first, second] = [await cache.encode(a), await cache.encode(b)];
  expect(Buffer.from(first).toString()).toBe("AQEBAQEB");
  expect(await cache.encode(a)).toBe(first);
  await cache.encode(c);
  expect([(await cache.encode(a)) === first, (await cache.encode(b)) === second]).toEqual([true, false]);
});

test("`Base64Cache` keeps neither the text of a file that is gone nor the file", async () => {
  const cache = new Base64Cache(50_000_000);
  const encodeOne = async () => {
    const file = new Uint8Array(100_000);
    return [new WeakRef(file), new WeakRef(await cache.encode(file))] as const;
  };
  const encoded = [];
  for (let count = 0; count < 50; count++) encoded.push(await encodeOne());
  await Bun.sleep(0);
  Bun.gc(true);
  // The collector takes some values on the stack for references.
  const kept = encoded.flat().filter((reference) => reference.deref() !== undefined);
  expect(kept.length).toBeLessThan(20);
});

test("a changed tool is serialized again", async () => {
  const { bedrock, model } = await createTestBed();
  bedrock.script(() => ({ text: "ok" }));
  const described = (description: string) => collectOutcome(model, { tools: [{ ...SEARCH, description }] });
  await described("One.");
  await described("One.");
  await described("Two.");
  const sent = bedrock.requests.map(({ body }) => JSON.stringify(body.toolConfig));
  expect([sent[1] === sent[0], sent[2] === sent[0]?.replace("One.", "Two.")]).toEqual([true, true]);
  model.close();
  await bedrock.stop();
});
