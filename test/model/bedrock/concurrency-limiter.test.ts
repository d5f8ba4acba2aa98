import { expect, test } from "bun:test";
import { AppError } from "../../../src/errors.ts";
import { ConcurrencyLimiter } from "../../../src/model/bedrock/concurrency-limiter.ts";
import type { EventBatch } from "../../../src/model/bedrock/types.ts";
import { THROTTLED } from "../../bedrock/index.ts";
import { collectOutcome, createTestBed, textOf } from "./setup.ts";

const queued = (message: string) => ({ type: "notice", code: "queued", message }) as const;

/** A call that ends when it is told to. */
function held() {
  const end = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  async function* call(): AsyncGenerator<EventBatch> {
    begun.resolve();
    await end.promise;
    yield [{ type: "text", text: "a" }];
  }
  return { call, begun: begun.promise, end: end.resolve, fail: end.reject };
}

async function read(batches: AsyncIterable<EventBatch>, told: string[] = []) {
  try {
    for await (const batch of batches)
      told.push(...batch.map((event) => (event.type === "notice" ? event.message : event.type)));
  } catch (error) {
    told.push(error instanceof AppError ? error.code : String(error));
  }
  return told;
}

test("who waits is told the place at first and each time it has halved", async () => {
  const gate = new ConcurrencyLimiter({ maxConcurrentRequests: 1, requestQueueSize: 10 }, () => 0);
  const never = new AbortController().signal;
  const calls = Array.from({ length: 5 }, held);
  const reads = calls.map(({ call }, index) => read(gate.run(`${index}`, never, call)));
  for (const call of calls) {
    await call.begun;
    call.end();
  }
  const number = (place: number) => `High traffic: your request is number ${place} in the queue.`;
  const next = "High traffic: your request is next in the queue.";
  expect(await Promise.all(reads)).toEqual([
    ["text"],
    [next, "text"],
    [number(2), next, "text"],
    [number(3), next, "text"],
    [number(4), number(2), next, "text"],
  ]);
});

test("a full queue refuses at once, and one who stops waiting leaves its place", async () => {
  const gate = new ConcurrencyLimiter({ maxConcurrentRequests: 1, requestQueueSize: 1 }, () => 0);
  const never = new AbortController().signal;
  const [running, later] = [held(), held()];
  const first = read(gate.run("a", never, running.call));
  await running.begun;
  const stop = new AbortController();
  const second = read(gate.run("b", stop.signal, later.call));
  await Promise.resolve();
  expect(await read(gate.run("c", never, later.call))).toEqual(["queue_full"]);
  stop.abort();
  expect((await second).at(-1)).toBe("cancelled");
  const third = read(gate.run("c", never, later.call));
  running.end();
  later.end();
  expect([await first, (await third).at(-1)]).toEqual([["text"], "text"]);
});

test("a throttled call lets fewer go at once", async () => {
  const gate = new ConcurrencyLimiter({ maxConcurrentRequests: 4, requestQueueSize: 10 }, () => 0);
  const never = new AbortController().signal;
  const calls = Array.from({ length: 4 }, held);
  const reads = calls.map(({ call }) => read(gate.run("a", never, call)));
  await Promise.all(calls.map(({ begun }) => begun));
  calls[0]?.fail(new AppError("throttled", "busy"));
  expect(await reads[0]).toEqual(["throttled"]);
  const late = held();
  const waiting = read(gate.run("b", never, late.call));
  calls[1]?.end();
  await reads[1];
  late.end();
  calls[2]?.end();
  calls[3]?.end();
  expect(await waiting).toEqual(["High traffic: your request is next in the queue.", "text"]);
});

test("Bedrock's calls wait for their turn, each caller's in turn, and a full queue is told as such", async () => {
  const { bedrock, model, delays } = await createTestBed({ maxConcurrentRequests: 1, requestQueueSize: 3 });
  const open = Promise.withResolvers<void>();
  bedrock.script(() => ({ text: "ok", beforeEvent: () => open.promise }));
  const order: string[] = [];
  const ask = async (caller: string) => {
    const outcome = await collectOutcome(model, { caller, tools: [] });
    order.push(caller);
    return [outcome.events[0], outcome.error?.code ?? textOf(outcome)];
  };
  const asked = ["a", "a", "a", "b", "c"].map(ask);
  expect(await asked.at(-1)).toEqual([undefined, "queue_full"]);
  open.resolve();
  const answers = await Promise.all(asked);
  expect(answers[3]).toEqual([queued("High traffic: your request is number 2 in the queue."), "ok"]);
  expect([order, delays, bedrock.requests.length]).toEqual([["c", "a", "a", "b", "a"], [], 4]);
  model.close();
  await bedrock.stop();
});

test("a model whose queue is full has its fallback", async () => {
  const fallback = "cohere.command-r-v1:0";
  const { bedrock, model } = await createTestBed({
    maxConcurrentRequests: 1,
    requestQueueSize: 0,
    fallbackModels: [fallback],
  });
  const open = Promise.withResolvers<void>();
  bedrock.script(({ modelId }) =>
    modelId === fallback ? { text: "other" } : { text: "one", beforeEvent: () => open.promise },
  );
  const first = collectOutcome(model);
  expect(textOf(await collectOutcome(model))).toBe("other");
  open.resolve();
  expect(textOf(await first)).toBe("one");
  bedrock.script([THROTTLED, { text: "again" }]);
  expect(textOf(await collectOutcome(model))).toBe("again");
  model.close();
  await bedrock.stop();
});
