import { expect, test } from "bun:test";
import { AppError } from "../../../src/errors.ts";
import { ConcurrencyLimiter } from "../../../src/model/bedrock/concurrency-limiter.ts";
import type { EventBatch } from "../../../src/model/bedrock/types.ts";
import { THROTTLED } from "../../bedrock/index.ts";
import { collectOutcome, createTestBed, textOf } from "./setup.ts";

const queued = (message: string) => ({ type: "notice", code: "queued", message }) as const;

/** Creates a call that runs until `end()` or `fail()`. */
function createCall() {
  const end = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  async function* call(): AsyncGenerator<EventBatch> {
    begun.resolve();
    await end.promise;
    yield [{ type: "text", text: "a" }];
  }
  return { call, begun: begun.promise, end: end.resolve, fail: end.reject };
}

async function read(batches: AsyncIterable<EventBatch>, seen: string[] = []) {
  try {
    for await (const batch of batches)
      seen.push(...batch.map((event) => (event.type === "notice" ? event.message : event.type)));
  } catch (error) {
    seen.push(error instanceof AppError ? error.code : String(error));
  }
  return seen;
}

test("a waiting call reports its position at first, and each time it has halved", async () => {
  const limiter = new ConcurrencyLimiter({ maxConcurrentRequests: 1, requestQueueSize: 10 }, () => 0);
  const never = new AbortController().signal;
  const calls = Array.from({ length: 5 }, createCall);
  const reads = calls.map(({ call }, index) => read(limiter.run(`${index}`, never, call)));
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

test("a full queue rejects calls at once, and an aborted wait frees its position", async () => {
  const limiter = new ConcurrencyLimiter({ maxConcurrentRequests: 1, requestQueueSize: 1 }, () => 0);
  const never = new AbortController().signal;
  const [running, later] = [createCall(), createCall()];
  const first = read(limiter.run("a", never, running.call));
  await running.begun;
  const stop = new AbortController();
  const second = read(limiter.run("b", stop.signal, later.call));
  await Promise.resolve();
  expect(await read(limiter.run("c", never, later.call))).toEqual(["queue_full"]);
  stop.abort();
  expect((await second).at(-1)).toBe("cancelled");
  const third = read(limiter.run("c", never, later.call));
  running.end();
  later.end();
  expect([await first, (await third).at(-1)]).toEqual([["text"], "text"]);
});

test("throttling reduces the number of concurrent calls", async () => {
  const limiter = new ConcurrencyLimiter({ maxConcurrentRequests: 4, requestQueueSize: 10 }, () => 0);
  const never = new AbortController().signal;
  const calls = Array.from({ length: 4 }, createCall);
  const reads = calls.map(({ call }) => read(limiter.run("a", never, call)));
  await Promise.all(calls.map(({ begun }) => begun));
  calls[0]?.fail(new AppError("throttled", "busy"));
  expect(await reads[0]).toEqual(["throttled"]);
  const late = createCall();
  const waiting = read(limiter.run("b", never, late.call));
  calls[1]?.end();
  await reads[1];
  late.end();
  calls[2]?.end();
  calls[3]?.end();
  expect(await waiting).toEqual(["High traffic: your request is next in the queue.", "text"]);
});

test("Bedrock calls wait in a queue that is fair across callers; a full queue fails with queue_full", async () => {
  const { bedrock, model, delays } = await createTestBed({ maxConcurrentRequests: 1, requestQueueSize: 3 });
  const open = Promise.withResolvers<void>();
  bedrock.script(() => ({ text: "ok", beforeEvent: () => open.promise }));
  const order: string[] = [];
  const ask = async (caller: string) => {
    const outcome = await collectOutcome(model, { caller, tools: [] });
    order.push(caller);
    return [outcome.events[0], outcome.error?.code ?? textOf(outcome)];
  };
  const calls = ["a", "a", "a", "b", "c"].map(ask);
  expect(await calls.at(-1)).toEqual([undefined, "queue_full"]);
  open.resolve();
  const outcomes = await Promise.all(calls);
  expect(outcomes[3]).toEqual([queued("High traffic: your request is number 2 in the queue."), "ok"]);
  expect([order, delays, bedrock.requests.length]).toEqual([["c", "a", "a", "b", "a"], [], 4]);
  model.close();
  await bedrock.stop();
});

test("a full queue falls back to the next model", async () => {
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
