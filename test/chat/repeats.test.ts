import { expect, test } from "bun:test";
import { withCallDeduplication } from "../../src/chat/repeats.ts";
import type { ToolCall, ToolResult } from "../../src/chat/types.ts";

function tools(
  resultOf: (call: ToolCall) => Pick<ToolResult, "status" | "content"> = () => ({
    status: "ok",
    content: "1",
  }),
) {
  const ran: string[] = [];
  const run = withCallDeduplication(
    async (call) => {
      ran.push(call.id);
      await Promise.resolve();
      return { callId: call.id, name: call.name, durationMs: 5, ...resultOf(call) };
    },
    (name) => name.startsWith("get"),
  );
  const call = (id: string, name: string, values: Record<string, unknown> = {}) =>
    run({ id, name, arguments: values }, new AbortController().signal);
  return { ran, call };
}

test("identical read-only calls run once, at the same time or later, and each gets a result", async () => {
  const { ran, call } = tools();
  const values = { a: 1, b: { c: [2n], d: 3 } };
  const [a, b] = await Promise.all([
    call("a", "get", values),
    call("b", "get", { b: { d: 3, c: [2n] }, a: 1 }),
  ]);
  expect([a?.callId, b?.callId, b?.content]).toEqual(["a", "b", "1"]);
  await call("c", "get", { a: 2 });
  expect(ran).toEqual(["a", "c"]);
});

test("the third identical call is refused, and so are all later ones", async () => {
  const { ran, call } = tools();
  await call("a", "create", { n: 1 });
  await call("b", "create", { n: 1 });
  for (const id of ["c", "d"]) {
    expect(await call(id, "create", { n: 1 })).toEqual({
      callId: id,
      name: "create",
      status: "failed",
      content: expect.stringContaining("same arguments twice already"),
      durationMs: 0,
      refused: "repeated",
    });
  }
  expect(await call("e", "create", { n: 2 })).toMatchObject({ status: "ok" });
  expect(ran).toEqual(["a", "b", "e"]);
});

test("a read is repeated after a change, and while one runs", async () => {
  const { ran, call } = tools();
  await call("a", "get");
  await Promise.all([call("b", "create"), call("c", "get")]);
  await call("d", "get", { n: 1 });
  expect(ran).toEqual(["a", "b", "c", "d"]);
});

test("a failed read is repeated", async () => {
  const { ran, call } = tools(({ id }) => ({ status: id === "a" ? "failed" : "ok", content: id }));
  expect(await call("a", "get")).toMatchObject({ status: "failed" });
  expect(await call("b", "get")).toMatchObject({ status: "ok", content: "b" });
  expect(ran).toEqual(["a", "b"]);
});

test("malformed arguments are compared by their text", async () => {
  const ran: string[] = [];
  const run = withCallDeduplication(
    async ({ id, name }) => {
      ran.push(id);
      return { callId: id, name, status: "ok", content: "1", durationMs: 0 };
    },
    () => true,
  );
  for (const malformed of ["{", "{{", "[", "{"])
    await run({ id: malformed, name: "get", arguments: {}, malformed }, new AbortController().signal);
  expect(ran).toEqual(["{", "{{", "["]);
});
