import { expect, test } from "bun:test";
import { runTaskInWorker } from "../../src/results/run-task.ts";

const query = (text: string, expression: string) =>
  ({ name: "query", text, input: { expression, timeLimit: 1000 } }) as const;

test("A worker evaluates an expression, and says that a text is no JSON.", async () => {
  expect(await runTaskInWorker(query("[1,2,9007199254740993]", "[-1]"), { caller: "a" })).toMatchObject({
    outcome: "done",
    text: "9007199254740993",
    output: { outcome: { outcome: "ready", notes: [] } },
  });
  expect(await runTaskInWorker(query("none", "[0]"), { caller: "a" })).toMatchObject({
    outcome: "done",
    output: { outcome: undefined },
  });
});

test("A worker that has failed or was stopped does no further task, and one that is done does the next.", async () => {
  const slow = query(`[${"1,".repeat(20_000)}1]`, "[*].{a: $[*].id}");
  for (let round = 0; round < 3; round++) {
    const stopped = runTaskInWorker(
      { ...slow, input: { ...slow.input, timeLimit: 60_000 } },
      { caller: "a", signal: AbortSignal.timeout(50) },
    );
    expect(await stopped).toEqual({ outcome: "failed", problem: "it was stopped" });
    expect(await runTaskInWorker(query(`[${round}]`, "[0]"), { caller: "a" })).toMatchObject({
      outcome: "done",
      text: `${round}`,
    });
  }
});

test("A task whose input cannot be sent fails, and leaves its place to the next.", async () => {
  const input = { expression: (() => "") as unknown as string, timeLimit: 1 };
  for (let count = 0; count < 3; count++)
    expect(await runTaskInWorker({ name: "query", text: "[]", input }, { caller: "a" })).toMatchObject({
      outcome: "failed",
    });
  expect(await runTaskInWorker(query("[1]", "[0]"), { caller: "a" })).toMatchObject({ outcome: "done" });
});

test("A caller with many tasks does not hold up another, who comes later.", async () => {
  const ended: string[] = [];
  const run = async (caller: string, name: string) => {
    await runTaskInWorker(query("[1]", "[0]"), { caller });
    ended.push(name);
  };
  const many = Array.from({ length: 12 }, (_, index) => run("a", `a${index}`));
  await Promise.all([...many, run("b", "b")]);
  expect(ended).toHaveLength(13);
  expect(ended.indexOf("b")).toBeLessThan(6);
});
