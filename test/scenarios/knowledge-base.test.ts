/** The assistant searches knowledge bases of Amazon Bedrock: through a real server, the AWS SDK and the stand-ins. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { type KnowledgeBaseStandIn, startKnowledgeBase } from "../bedrock/knowledge-base.ts";
import { createBedrockAt, NativeClient, type Specchat, startSpecchat } from "../support/harness.ts";

let bedrock: StandIn;
let knowledge: KnowledgeBaseStandIn;
let specchat: Specchat;
const keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const;
const before = keys.map((key) => process.env[key]);

beforeEach(async () => {
  process.env.AWS_ACCESS_KEY_ID = "AKIDEXAMPLE";
  process.env.AWS_SECRET_ACCESS_KEY = "secret";
  [bedrock, knowledge] = await Promise.all([startBedrock(), startKnowledgeBase()]);
  specchat = await startSpecchat({
    argv: ["--knowledge-base", "KB1,KB2", "--agent-endpoint", knowledge.url],
    model: createBedrockAt(bedrock.url),
  });
});

afterEach(async () => {
  await specchat.stop();
  await Promise.all([bedrock.stop(), knowledge.stop()]);
  for (const [index, key] of keys.entries()) {
    const value = before[index];
    if (value === undefined) delete process.env[key];
    else process.env[key] = value;
  }
});

const passage = (text: string, score: number, location: object) => ({ content: { text }, score, location });

async function askWith(input: Record<string, unknown>) {
  bedrock.script([{ calls: [{ name: "search_knowledge_base", input }] }, { text: "Within 30 days." }]);
  const client = await NativeClient.connect(specchat.url);
  const frames = await client.runTurn("May I return it?");
  client.close();
  return frames.flatMap((frame) => (frame.type === "tool_result" ? [frame] : []));
}

test("a call searches all knowledge bases and returns passages with their sources, the best first", async () => {
  knowledge.script([
    [passage("Returns are free.", 0.41234, { type: "S3", s3Location: { uri: "s3://docs/returns.pdf" } })],
    [
      passage("Within 30 days.", 0.9, { type: "WEB", webLocation: { url: "https://example.com/faq" } }),
      passage(" ", 0.99, { type: "S3", s3Location: { uri: "s3://docs/empty.txt" } }),
    ],
  ]);
  const results = await askWith({ query: "return policy" });
  expect(results.map(({ status, result }) => [status, JSON.parse(String(result))])).toEqual([
    [
      "ok",
      {
        passages: [
          { source: "https://example.com/faq", score: 0.9, text: "Within 30 days." },
          { source: "s3://docs/returns.pdf", score: 0.412, text: "Returns are free." },
        ],
      },
    ],
  ]);
  const searches = knowledge.requests.map(({ knowledgeBaseId, body, refusal }) => [
    knowledgeBaseId,
    body,
    refusal,
  ]);
  expect(searches.toSorted()).toEqual(
    ["KB1", "KB2"].map((id) => [
      id,
      {
        retrievalQuery: { text: "return policy" },
        retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults: 5 } },
      },
      undefined,
    ]),
  );
  const sent = JSON.stringify(bedrock.requests.at(-1)?.body);
  expect(sent).toContain("https://example.com/faq");
});

test("a knowledge base that refuses is a failed result, without what AWS says", async () => {
  const denied = { status: 403, type: "AccessDeniedException", message: "arn:aws:iam::1:user/x may not" };
  knowledge.script([denied, denied]);
  const results = await askWith({ query: "x".repeat(2000) });
  expect(results.map(({ status, result }) => [status, result])).toEqual([
    ["failed", "search_knowledge_base failed: The knowledge base could not be searched."],
  ]);
  expect(knowledge.requests[0]?.refusal).toBeUndefined();
});
