import { describe, expect, test } from "bun:test";
import { readRoles } from "../../../src/access/authorization/read-roles.ts";

function problemOf(text: string): string {
  try {
    readRoles("roles.yaml", text);
    return "none";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe("readRoles()", () => {
  test("reads YAML and JSON, also JSON that is indented with tabs", () => {
    const yaml =
      "roles:\n  reader:\n    allow: [list_*, {method: GET, tag: [a, b]}]\n    limits: 10/minute, 2 turns\n";
    const json = JSON.stringify(
      {
        roles: {
          reader: { allow: ["list_*", { method: "GET", tag: ["a", "b"] }], limits: ["10/minute", "2 turns"] },
        },
      },
      undefined,
      "\t",
    );
    const expected = {
      roles: {
        reader: {
          allow: ["list_*", { method: "GET", tag: ["a", "b"] }],
          limits: [
            { kind: "requests", amount: 10, unit: "minute" },
            { kind: "turns", amount: 2 },
          ],
        },
      },
    };
    expect(readRoles("roles.yaml", yaml)).toEqual(expected as never);
    expect(readRoles("roles.json", json)).toEqual(expected as never);
  });

  const rows: readonly (readonly [string, string, string])[] = [
    [
      "an unknown field",
      "roles:\n  reader:\n    alow: ['*']\n",
      "line 3, column 5: roles.reader.alow: unknown field",
    ],
    [
      "an unknown condition",
      "roles:\n  reader:\n    allow:\n      - list_*\n      - methd: GET\n",
      "line 5, column 9: roles.reader.allow[1].methd: unknown field",
    ],
    [
      "a rule of another type",
      "roles:\n  reader:\n    deny: [7]\n",
      "line 3, column 12: roles.reader.deny[0]: must be a text such as list_*, GET /orders/** or /orders, or an object with conditions",
    ],
    [
      "a rule without a condition",
      "roles:\n  reader:\n    deny: [{}]\n",
      "line 3, column 12: roles.reader.deny[0]: must have at least one condition",
    ],
    [
      "an unknown protocol",
      "roles:\n  a b:\n    protocols: [websocket]\n",
      'line 3, column 17: roles["a b"].protocols[0]: must be one of native, agent, langchain, dashboard, completions, openai, anthropic, ai-sdk, ag-ui, mcp or *',
    ],
    [
      "a wrong limit",
      "roles:\n  reader:\n    limits: 10/year\n",
      "line 3, column 13: roles.reader.limits: must be limits such as 10/minute, 200/day, 2 turns, 100000 tokens/day and 5 USD/month; the period here is second, minute, hour, day",
    ],
    ["a missing section", "defaults: {}\n", "line 1, column 1: roles: must be a mapping of names to roles"],
    ["an empty file", "", "the file: must be a mapping with the field roles"],
    ["a repeated role", "roles:\n  a: {}\n  a: {}\n", "line 3, column 3: Map keys must be unique"],
    [
      "broken YAML",
      "roles:\n  a: [\n",
      "line 3, column 1: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    [
      "a rights of administration in the defaults",
      "defaults:\n  administrates: [usage]\nroles: {}\n",
      "line 2, column 3: defaults.administrates: unknown field",
    ],
  ];
  test.each(rows)("names line and field of %s", (_name, text, expected) => {
    expect(problemOf(text)).toBe(`roles.yaml: ${expected}`);
  });

  test("names every problem, one line each", () => {
    expect(problemOf("roles:\n  a: {alow: []}\n  b: {models: x}\n").split("\n")).toHaveLength(2);
  });
});
