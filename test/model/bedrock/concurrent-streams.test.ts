import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type Reply, type ScriptedResponse, type StandIn, startBedrock } from "../../bedrock/index.ts";
import {
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../../support/harness.ts";
import { createPatientBedrock } from "./front-door.ts";

setDefaultTimeout(60_000);

const SESSIONS = 20;

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;
beforeAll(async () => {
  [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  const model = createPatientBedrock(bedrock.url, {
    idleTimeoutMs: 2000,
    breaker: { failures: Number.POSITIVE_INFINITY, pauseMs: 0 },
  });
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL],
    model,
  });
});
afterAll(async () => {
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});

const exceptions = [
  "internalServerException",
  "modelStreamErrorException",
  "throttlingException",
  "serviceUnavailableException",
  "validationException",
  "modelTimeoutException",
].map((exception) => ({ exception, message: "Something happened." }));
const faults: readonly NonNullable<Reply["fault"]>["kind"][] = [
  ...exceptions,
  "reset",
  "clean_end",
  "half_frame",
  "bad_crc",
];
const http: readonly (readonly [number, string])[] = [
  [400, "ValidationException"],
  [400, "ServiceQuotaExceededException"],
  [403, "AccessDeniedException"],
  [403, "ExpiredTokenException"],
  [404, "ResourceNotFoundException"],
  [408, "ModelTimeoutException"],
  [424, "ModelErrorException"],
  [429, "ThrottlingException"],
  [429, "ModelNotReadyException"],
  [500, "InternalServerException"],
  [503, "ServiceUnavailableException"],
];
const FAULTS: readonly ScriptedResponse[] = [
  ...faults.flatMap((kind) =>
    ([0, 1, 2, "deltas"] as const).map((after) => ({ text: ["a", "b"], fault: { after, kind } })),
  ),
  ...([1, 2] as const).map((after) => ({ text: ["a", "b"], fault: { after, kind: "silence" as const } })),
  ...http.map(([status, type]) => ({ error: { status, type, message: "Something happened." } })),
  { hang: true },
];

/** Returns the last user message of a request, and 2 when results of a call follow it, else 1. */
function lastUserMessage(messages: readonly unknown[]): {
  readonly question: string;
  readonly round: number;
} {
  const text = JSON.stringify(messages);
  const at = text.lastIndexOf("question ");
  const [question = ""] = /^question \d+ \w+/.exec(text.slice(at)) ?? [];
  return { question, round: text.slice(at).includes("toolResult") ? 2 : 1 };
}

for (const [name, times] of [
  ["once", 1],
  ["every time", Number.POSITIVE_INFINITY],
] as const) {
  test(`${SESSIONS} concurrent sessions meet every fault ${name}: the next turn succeeds and no history is refused`, async () => {
    const failures = new Map<string, number>();
    bedrock.script(({ body }) => {
      const { question, round } = lastUserMessage(body.messages as unknown[]);
      const [, number = "", kind] = question.split(" ");
      if (kind === "sound") return { text: "Fine." };
      if (round === 1) return { calls: [{ name: "getThing", input: { id: number } }] };
      const count = failures.get(question) ?? 0;
      failures.set(question, count + 1);
      return count < times ? (FAULTS[Number(number)] ?? { text: "?" }) : { text: "Whole." };
    });
    const mark = bedrock.requests.length;
    const sessions = Array.from({ length: SESSIONS }, async (_, session) => {
      const client = await NativeClient.connect(specchat.url);
      const replies: unknown[] = [];
      for (let fault = session; fault < FAULTS.length; fault += SESSIONS) {
        const ended = (await client.runTurn(`question ${fault} faulty`)).at(-1);
        expect(ended?.type).toBeOneOf(["ai_response", "error"]);
        const after = (await client.runTurn(`question ${fault} sound`)).at(-1);
        replies.push(after?.type === "ai_response" ? after.message : after);
      }
      client.close();
      return replies;
    });
    const replies = (await Promise.all(sessions)).flat();
    expect(replies).toEqual(FAULTS.map(() => "Fine."));
    expect(failures.size).toBe(FAULTS.length);
    expect(bedrock.requests.slice(mark).filter(({ refusal }) => refusal)).toEqual([]);
  });
}
