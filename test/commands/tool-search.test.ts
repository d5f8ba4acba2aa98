/** `specchat tools --search`, `--search-file`, `--lint` and `--enrich` as a process. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { MODEL } from "../support/harness.ts";
import { withoutProgress } from "../support/progress.ts";
import { SPECCHAT } from "../support/specchat-command.ts";

let folder: string;
let bedrock: StandIn;

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-tool-search-`);
  bedrock = await startBedrock();
});

afterAll(async () => {
  await Promise.all([bedrock.stop(), rm(folder, { recursive: true })]);
});

async function specchat(...argv: string[]) {
  const child = Bun.spawn([...SPECCHAT, ...argv], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err: withoutProgress(err) };
}

describe("--search", () => {
  test("prints signatures, best first, with scores", async () => {
    const { code, out } = await specchat(
      "tools",
      "--spec",
      "demo",
      "--search",
      "list orders",
      "--limit",
      "2",
    );
    expect(code).toBe(0);
    expect(out).toMatch(
      /^ +\d+\.\d\d {2}listOrders\(customerId\?:int, .*\) List orders\n +\d+\.\d\d {2}listCustomerOrders\(.*\n$/,
    );
  });

  test("prints the words that matched with --explain, and says when nothing does", async () => {
    const argv = ["tools", "--spec", "demo", "--limit", "1"];
    const { out } = await specchat(...argv, "--search", "destroy merchandise", "--explain");
    expect(out).toMatch(
      /deleteProduct\(.*\n {9}destroy = (delete|remove) \d\.\d\d, merchandise = product \d\.\d\d\n$/,
    );
    expect((await specchat(...argv, "--search", "weather in Lisbon")).out).toStartWith(
      'Nothing matches "weather in Lisbon" well.\n',
    );
  });

  test("prints JSON with --json", async () => {
    const { out } = await specchat(
      "tools",
      "--spec",
      "demo",
      "--search",
      "GET /orders/{id}",
      "--json",
      "--limit",
      "1",
    );
    expect(JSON.parse(out)).toEqual([
      {
        name: "getOrder",
        operationId: "getOrder",
        method: "GET",
        path: "/orders/{orderId}",
        summary: expect.any(String),
        score: 1000,
      },
    ]);
  });

  test("refuses a limit that is no number", async () => {
    const { code, out, err } = await specchat("tools", "--spec", "demo", "--search", "x", "--limit", "many");
    expect([code, out, err]).toEqual([1, "", "--limit: many is not a whole number from 1 to 9999.\n"]);
  });
});

describe("--search-file", () => {
  test("answers every query of the file in its order, with times", async () => {
    await Bun.write(`${folder}/queries.json`, JSON.stringify(["list customers", "close ticket", ""]));
    const { code, out } = await specchat(
      "tools",
      "--spec",
      "demo",
      "--search-file",
      "queries.json",
      "--json",
      "--limit",
      "1",
    );
    const { indexMs, results } = JSON.parse(out);
    expect([code, typeof indexMs]).toEqual([0, "number"]);
    expect(results).toEqual([
      {
        query: "list customers",
        ms: expect.any(Number),
        isConfident: true,
        tools: [expect.objectContaining({ name: "listCustomers" })],
      },
      {
        query: "close ticket",
        ms: expect.any(Number),
        isConfident: true,
        tools: [expect.objectContaining({ name: "closeTicket" })],
      },
      { query: "", ms: expect.any(Number), isConfident: false, tools: [] },
    ]);
  });

  test("names what is wrong with the file", async () => {
    await Bun.write(`${folder}/object.json`, "{}");
    await Bun.write(`${folder}/numbers.json`, '["a", 1]');
    const run = async (file: string) =>
      (await specchat("tools", "--spec", "demo", "--search-file", file)).err;
    expect(await run("object.json")).toBe(
      "--search-file object.json: a JSON array of texts is needed, not object.\n",
    );
    expect(await run("numbers.json")).toBe(
      "--search-file numbers.json: a JSON array of texts is needed: entry 2 is none.\n",
    );
    expect(await run("none.json")).toStartWith("--search-file none.json: ");
  });
});

const DOCUMENT = JSON.stringify({
  openapi: "3.1.0",
  info: { title: "Yard", version: "1" },
  servers: [{ url: "http://127.0.0.1:9" }],
  paths: {
    "/boats": { get: { operationId: "listBoats", summary: "List boats", responses: {} } },
    "/boats/{id}/sails/{sail}": {
      parameters: ["id", "sail"].map((name) => ({
        name,
        in: "path",
        required: true,
        schema: { type: "string" },
      })),
      delete: { operationId: "op7", responses: {} },
    },
    "/it's": {
      get: { operationId: "twinA", summary: "Read it", responses: {} },
      put: { operationId: "twinB", summary: "Read it", responses: {} },
    },
  },
});

describe("--lint", () => {
  test("names the operations that no plain question finds, and prints an overlay that corrects them", async () => {
    await Bun.write(`${folder}/yard.json`, DOCUMENT);
    const { code, out, err } = await specchat("tools", "--spec", "yard.json", "--lint");
    expect(code).toBe(1);
    expect(err.split("\n")).toEqual([
      "op7 (DELETE /boats/{id}/sails/{sail}): it has neither a summary nor a description",
      "twinA (GET /it's): it has the same description as twinB",
      "twinB (PUT /it's): it has the same description as twinA",
      "3 of 4 operations have problems",
      "",
    ]);
    await Bun.write(`${folder}/overlay.yaml`, out);
    const corrected = await specchat("tools", "--spec", "yard.json", "--overlay", "overlay.yaml", "--json");
    const descriptions = JSON.parse(corrected.out).map(
      ({ description }: { description: string }) => description,
    );
    expect(descriptions).toEqual([
      "List boats. (HTTP GET /boats)",
      "Delete sail of boat. (HTTP DELETE /boats/{id}/sails/{sail})",
      "Read it: List it. (HTTP GET /it's)",
      "Read it: Replace it. (HTTP PUT /it's)",
    ]);
    const again = await specchat("tools", "--spec", "yard.json", "--overlay", "overlay.yaml", "--lint");
    expect([again.code, again.out]).toEqual([
      0,
      "overlay: 1.0.0\ninfo:\n  title: Descriptions for the assistant\n  version: 1.0.0\nactions: []\n",
    ]);
  });
});

describe("--enrich", () => {
  test("asks the model for sentences of users, and prints an overlay with which they find the operation", async () => {
    await Bun.write(`${folder}/yard.json`, DOCUMENT);
    const phrases = {
      listBoats: ["What floats in our harbour?", "Which vessels do we own?"],
      op7: ["Cut down the canvas"],
    };
    bedrock.script([
      { text: "I cannot." },
      { text: `Here:\n\`\`\`json\n${JSON.stringify(phrases)}\n\`\`\`` },
    ]);
    const { code, out, err } = await specchat("tools", "--spec", "yard.json", "--model", MODEL, "--enrich");
    expect(err).toMatch(
      /^4 of 4 operations\nCost: about \$0\.\d{4}\n2 operations have no sentences: run the command again\n$/,
    );
    expect(code).toBe(1);
    expect(bedrock.requests.map(({ refusal }) => refusal)).toEqual([undefined, undefined]);
    await Bun.write(`${folder}/phrases.yaml`, out);
    const argv = [
      "tools",
      "--spec",
      "yard.json",
      "--overlay",
      "phrases.yaml",
      "--limit",
      "1",
      "--json",
      "--search",
    ];
    const find = async (words: string) => JSON.parse((await specchat(...argv, words)).out)[0]?.name;
    expect(await find("vessels")).toBe("listBoats");
    expect(await find("cut the canvas")).toBe("op7");
  });
});
