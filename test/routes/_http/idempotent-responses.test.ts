/** What is kept of responses after failures: their bytes, and the response of a later request with the same key. */
import { expect, test } from "bun:test";
import { IdempotentResponses } from "../../../src/routes/_http/idempotent-responses.ts";

const signal = new AbortController().signal;

function request(key: string) {
  return { scope: "ada", key, body: "{}", signal };
}

/** Sends a request and reads its whole response. */
async function send(responses: IdempotentResponses, key: string, run: () => Response): Promise<string> {
  const response = await responses.respond(request(key), async () => run());
  return String(await response?.text());
}

test("failures that are not kept take no place of responses that are", async () => {
  const responses = new IdempotentResponses(() => 0);
  const failure = "x".repeat(30_000_000);
  for (const key of ["1", "2", "3"])
    expect(await send(responses, key, () => new Response(failure, { status: 503 }))).toHaveLength(
      failure.length,
    );
  const seen = [];
  for (const key of ["a", "b", "a"])
    seen.push(await send(responses, key, () => new Response(`${key}${seen.length}`)));
  expect(seen).toEqual(["a0", "b1", "a0"]);
});

test("a failed response that breaks off does not drop that of a later request with its key", async () => {
  const responses = new IdempotentResponses(() => 0);
  const { promise, reject } = Promise.withResolvers<void>();
  const body = new ReadableStream({ pull: () => promise });
  const failed = await responses.respond(request("a"), async () => new Response(body, { status: 503 }));
  expect(await send(responses, "a", () => new Response("one"))).toBe("one");
  reject(new Error("broken"));
  expect(failed?.text()).rejects.toThrow("broken");
  expect(await send(responses, "a", () => new Response("two"))).toBe("one");
});

test("a body that breaks off breaks off for every reader, and the key stays taken", async () => {
  const responses = new IdempotentResponses(() => 0);
  const run = async () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue("begun");
        },
        pull(controller) {
          controller.error(new Error("broken"));
        },
      }).pipeThrough(new TextEncoderStream()),
    );
  for (const _reader of ["first", "second"]) {
    const response = await responses.respond(request("a"), run);
    await expect(response?.text()).rejects.toThrow("broken");
  }
});
