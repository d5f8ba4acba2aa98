import { expect, test } from "bun:test";
import { MODEL } from "../../support/harness.ts";
import { SPECCHAT } from "../../support/specchat-command.ts";

/** Sends lines to `specchat mcp` and closes its input. Returns its answers, without the texts of errors, and its exit code. */
async function run(lines: readonly string[]) {
  const root = `${import.meta.dir}/../../..`;
  const argv = ["mcp", "--spec", `${root}/test/fixtures/things.yaml`, "--base-url", "http://127.0.0.1:1"];
  const child = Bun.spawn([...SPECCHAT, ...argv, "--model", MODEL], {
    env: { HOME: "/nonexistent", AWS_REGION: "us-east-1" },
    stdin: new Blob([`${lines.join("\n")}\n`]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const answers = output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .map(({ id, error }) => [id, error?.code ?? "ok"]);
  return { answers, errors, code };
}

const nest = (levels: number): object => (levels === 0 ? {} : { a: nest(levels - 1) });

test("`specchat mcp` answers each malformed line, and ends when its input does.", async () => {
  const request = { jsonrpc: "2.0", method: "ping" };
  const lines = [
    { ...request, id: 1, extra: {} },
    { ...request, id: "2", params: 5 },
    { ...request, id: 3, params: [] },
    { ...request, id: 4.5 },
    { ...request, id: null },
    { ...request, id: { a: 1 } },
    { id: 7, method: "ping" },
    { ...request, id: 8, method: 8 },
    [{ ...request, id: 9 }],
    5,
    null,
    // The SDK takes long to describe what is wrong in a deep value.
    { ...request, id: 12, method: "tools/call", params: { name: "a", arguments: nest(150) } },
    { ...request, id: 11 },
  ].map((line) => JSON.stringify(line));
  expect(await run(["{", `{"jsonrpc":"2.0","method":"ping","id":9007199254740994,"x":1}`, ...lines])).toEqual(
    {
      answers: [
        [null, -32700],
        [9_007_199_254_740_994, -32600],
        [1, -32600],
        ["2", -32600],
        [3, -32600],
        [4.5, -32600],
        [null, -32600],
        [null, -32600],
        [7, -32600],
        [8, -32600],
        [null, -32600],
        [null, -32600],
        [null, -32600],
        [12, -32600],
        [11, "ok"],
      ],
      errors: "",
      code: 0,
    },
  );
}, 30_000);
