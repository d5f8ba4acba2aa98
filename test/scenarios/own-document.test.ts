/** The OpenAPI document of specchat itself. */
import { afterEach, expect, test } from "bun:test";
import { readDescriptionText } from "../../src/openapi/read.ts";
import { type Specchat, startSpecchat, testPorts } from "../support/harness.ts";

let specchat: Specchat;
afterEach(() => specchat.stop());

test("/openapi.json describes the enabled routes, and is a document that specchat reads.", async () => {
  specchat = await startSpecchat({ argv: ["--contracts", "langchain,openai"] });
  const text = await (await fetch(`${specchat.url}/openapi.json`)).text();
  const { title, operations } = await readDescriptionText(text, "own", testPorts().io, []);
  const lines = operations.map(({ method, path }) => `${method} ${path}`);
  expect(title).toBe("specchat");
  for (const line of ["POST /v1/chat/completions", "GET /health", "GET /api/v1/sessions/{id}"])
    expect(lines).toContain(line);
  expect(lines.filter((line) => line.includes("/mcp") || line.includes("*"))).toEqual([]);
});
