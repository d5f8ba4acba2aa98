import { expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { PromptCache } from "../../bedrock/cache.ts";
import { startBedrock } from "../../bedrock/index.ts";
import { MODEL, NativeClient, startApi, startSpecchat } from "../../support/harness.ts";
import { createPatientBedrock } from "./front-door.ts";

const operations = Array.from({ length: 30 }, (_, index) => [
  `/things/${index}`,
  {
    get: {
      operationId: `getThing${index}`,
      summary: `Thing ${index}.`,
      responses: { 200: { description: "ok" } },
    },
  },
]);
const document = {
  openapi: "3.1.0",
  info: { title: "Thirty things", version: "1" },
  paths: Object.fromEntries(operations),
};

for (const guardrail of [undefined, { id: "gr1", version: "3" }]) {
  test(`over ten turns with thirty tools, every call reads what the previous one wrote to the cache${guardrail ? ", also with a guardrail" : ""}`, async () => {
    const [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
    const spec = `${tmpdir()}/specchat-thirty-${process.pid}.json`;
    await Bun.write(spec, JSON.stringify(document));
    const specchat = await startSpecchat({
      argv: ["--spec", spec, "--base-url", api.url, "--model", MODEL, "--max-conversation-messages", "100"],
      model: createPatientBedrock(bedrock.url, { guardrail }),
    });
    bedrock.script((_, index) =>
      index % 2 === 0 ? { calls: [{ name: `getThing${index}`, input: {} }] } : { text: `Answer ${index}.` },
    );
    const client = await NativeClient.connect(specchat.url);
    const reported: number[] = [];
    for (let turn = 0; turn < 10; turn++) {
      const end = (await client.runTurn(`question ${turn}`)).at(-1);
      if (end?.type === "ai_response") reported.push(end.usage.cache_read_tokens);
    }
    const cache = new PromptCache();
    const calls = bedrock.requests.map(({ modelId, body }) => cache.recordUsage(modelId, body));
    const reads = calls.map(({ cacheReadInputTokens = 0 }) => cacheReadInputTokens);
    const written = calls.map(({ cacheWriteInputTokens = 0 }) => cacheWriteInputTokens);
    expect([calls.length, reads[0]]).toEqual([20, 0]);
    for (const [index, read] of reads.entries()) {
      // The counts are rounded up separately.
      const before = (reads[index - 1] ?? 0) + (written[index - 1] ?? 0);
      if (index > 0) expect([before - 1, before, before + 1]).toContain(read);
    }
    expect(reported).toEqual(
      Array.from({ length: 10 }, (_, turn) => (reads[2 * turn] ?? 0) + (reads[2 * turn + 1] ?? 0)),
    );
    expect(bedrock.requests.at(-1)?.body.guardrailConfig !== undefined).toBe(guardrail !== undefined);
    client.close();
    await specchat.stop();
    await Promise.all([bedrock.stop(), api.stop(), rm(spec)]);
  });
}
