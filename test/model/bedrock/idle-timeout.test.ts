import { expect, test } from "bun:test";
import { createModelRequest, createTestBed } from "./setup.ts";

test("a consumer slower than the idle timeout does not cause a timeout", async () => {
  const { bedrock, model } = await createTestBed({ idleTimeoutMs: 1000 });
  bedrock.script([{ text: ["a", "b", "c"] }]);
  const seen: string[] = [];
  for await (const event of model.stream(createModelRequest(), new AbortController().signal)) {
    seen.push(event.type);
    if (seen.length === 1) await Bun.sleep(2500);
  }
  expect(seen).toEqual(["text", "text", "text", "end"]);
  model.close();
  await bedrock.stop();
});
