/** The literal pieces of the path that is sent are those of the template, for documents of the corpus and for any template. */
import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import fc from "fast-check";
import { readDescription } from "../../../src/openapi/read.ts";
import type { Operation } from "../../../src/openapi/types.ts";
import { buildRequest } from "../../../src/tools/request/request.ts";
import { testPorts } from "../../support/harness.ts";
import { buildTool, createParameter } from "../fixtures.ts";

const BASE = "http://api.test/v1";
const examples = dirname(require.resolve("@readme/oas-examples/package.json"));
const cases = `${import.meta.dir}/../../fixtures/cases/documents`;

const listFiles = (folder: string) =>
  readdirSync(folder)
    .filter((name) => /\.(json|yaml)$/.test(name))
    .map((name) => `${folder}/${name}`);

const DOCUMENTS = [
  require.resolve("@octokit/openapi/generated/api.github.com.json"),
  ...["2.0", "3.0", "3.1"].flatMap((version) => listFiles(`${examples}/${version}/json`)),
  ...listFiles(cases),
];

/** Reads a template a second time: literal text, and placeholders in braces, which may hold a pattern with braces. */
function splitTemplate(path: string): readonly { readonly text: string; readonly isPlaceholder: boolean }[] {
  const [withoutQuery = ""] = path.replace(/\{[?&#][^}]*\}/g, "").split(/[?#](?![^{]*\})/);
  return withoutQuery
    .split(/(\{(?:[^{}]|\{[^{}]*\})*\})/)
    .filter((text) => text !== "")
    .map((text) => ({ text, isPlaceholder: text.startsWith("{") }));
}

/** Texts that could be mistaken for a parameter: its name, and literal text of the same path, whole and shortened. */
function listTrickyTexts(path: string): readonly string[] {
  const words = path.split(/[^\w-]+/).filter((word) => word !== "");
  const shortened = words.map((word) => word.slice(1, -1)).filter((word) => word !== "");
  return ["a", "7", "x-y_z~1.0", ...words, ...shortened];
}

function sendPath(operation: Operation, values: Readonly<Record<string, string>>): string {
  const tool = buildTool({ ...operation });
  const args = Object.entries(tool.argumentTargets).flatMap(([key, target]) => {
    const parameter = target.in === "parameter" ? operation.parameters[target.index] : undefined;
    return parameter?.in === "path" ? [[key, values[parameter.name] ?? "a"]] : [];
  });
  const built = buildRequest(tool, Object.fromEntries(args));
  if (built.outcome === "refused") throw new Error(built.problems.join());
  const [path = ""] = built.request.url.slice(BASE.length).split("?");
  return decodeURIComponent(path);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Checks one call. The value of a placeholder with an operator can have separators around it. */
function checkPath(operation: Operation, values: Readonly<Record<string, string>>): void {
  const pieces = splitTemplate(operation.path);
  const isPlain = operation.pathTemplate === undefined;
  const styles = new Map(operation.parameters.filter((p) => p.in === "path").map((p) => [p.name, p.style]));
  const pattern = pieces.map(({ text, isPlaceholder }) => {
    if (!isPlaceholder) return escapePattern(text);
    const name = text.slice(1, -1);
    return isPlain && styles.get(name) === "simple" ? escapePattern(values[name] ?? "a") : ".+";
  });
  expect(sendPath(operation, values)).toMatch(new RegExp(`^/?${pattern.join("").replace(/^\//, "")}$`));
}

test("every operation of the corpus is sent with the literal segments of its template", async () => {
  let count = 0;
  for (const file of DOCUMENTS) {
    const { operations } = await readDescription(file, testPorts().io);
    for (const operation of operations) {
      const names = operation.parameters.flatMap(({ in: place, name }) => (place === "path" ? [name] : []));
      // A segment such as `:id` has no braces.
      if (/\/[:<]/.test(operation.path)) continue;
      const values = fc.record(
        Object.fromEntries(names.map((name) => [name, fc.constantFrom(...listTrickyTexts(operation.path))])),
      );
      for (const sample of fc.sample(values, { numRuns: 3, seed: 7 })) checkPath(operation, sample);
      count += 1;
    }
  }
  expect(count).toBeGreaterThan(1500);
}, 60_000);

describe("a template", () => {
  const word = fc.stringMatching(/^[a-z]{1,6}$/);
  const piece = fc.oneof(
    word.map((text) => ({ literal: text })),
    fc.constantFrom("-", ".", ":", "(", ")", "=", ",", "$").map((text) => ({ literal: text })),
    word.map((name) => ({ parameter: name })),
  );
  const segment = fc.array(piece, { minLength: 1, maxLength: 4 });

  test("with prefixes and suffixes beside parameters keeps its literal text", () => {
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(), { minLength: 16, maxLength: 16 }),
        (segments, choices) => {
          const names = new Set(
            segments.flat().flatMap((one) => ("parameter" in one ? [one.parameter] : [])),
          );
          const write = (values?: Readonly<Record<string, string>>) =>
            segments
              .map((pieces) =>
                pieces
                  .map((one) =>
                    "literal" in one
                      ? one.literal
                      : values
                        ? (values[one.parameter] ?? "")
                        : `{${one.parameter}}`,
                  )
                  .join(""),
              )
              .join("/");
          const path = `/p/${write()}`;
          const texts = listTrickyTexts(path);
          // A segment of dots alone is refused.
          const values = Object.fromEntries(
            [...names].map((name, index) => [name, `v${texts[(choices[index] ?? 0) % texts.length]}`]),
          );
          fc.pre(
            !segments.some((pieces) =>
              /^\.{1,2}$/.test(pieces.map((one) => ("literal" in one ? one.literal : "v")).join("")),
            ),
          );
          const tool = buildTool({
            path,
            parameters: [...names].map((name) => createParameter({ name, in: "path" })),
          });
          expect(buildRequest(tool, values)).toMatchObject({
            request: { url: `${BASE}/p/${write(values)}` },
          });
        },
      ),
      { numRuns: 1000, endOnFailure: true },
    );
  });

  test("with a query keeps its literal text", () => {
    fc.assert(
      fc.property(
        word,
        word,
        word,
        fc.constantFrom(...listTrickyTexts("/bids/{id}/kinds")),
        (name, before, after, value) => {
          const tool = buildTool({
            path: `/${name}s/{id}?mode=${before}{id}${after}&id=${name}`,
            parameters: [createParameter({ name: "id", in: "path" })],
          });
          expect(buildRequest(tool, { id: value })).toMatchObject({
            request: { url: `${BASE}/${name}s/${value}?mode=${before}${value}${after}&id=${name}` },
          });
        },
      ),
    );
  });
});
