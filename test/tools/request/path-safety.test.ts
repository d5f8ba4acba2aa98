import { expect, test } from "bun:test";
import fc from "fast-check";
import { buildRequest } from "../../../src/tools/request/request.ts";
import { buildTool, createParameter } from "../fixtures.ts";

const files = buildTool({
  path: "/files/{name}/meta",
  parameters: [createParameter({ name: "name", in: "path" }), createParameter({ name: "q", in: "query" })],
});

function url(name: unknown): string | readonly string[] {
  const built = buildRequest(files, { name });
  return built.outcome === "ready" ? built.request.url : built.problems;
}

const at = (segment: string) => `http://api.test/v1/files/${segment}/meta`;
const cases: readonly (readonly [string, string | readonly string[]])[] = [
  ["../admin", at("..%2Fadmin")],
  ["a/../../admin", at("a%2F..%2F..%2Fadmin")],
  ["..\\admin", at("..%5Cadmin")],
  ["%2e%2e", at("%252e%252e")],
  ["..%2fadmin", at("..%252fadmin")],
  ["a/b", at("a%2Fb")],
  ["a..b/..c/v1..", at("a..b%2F..c%2Fv1..")],
  ["100%", at("100%25")],
  ["a?b", at("a%3Fb")],
  ["a#b", at("a%23b")],
  ["a\\b", at("a%5Cb")],
  ["a;b=c", at("a%3Bb%3Dc")],
  ["\r\n\t\0", at("%0D%0A%09%00")],
  ["\ud800", at("%EF%BF%BD")],
  ["ünï", at("%C3%BCn%C3%AF")],
  ["...", at("...")],
  ["..", ['name: "." and ".." cannot be sent in a path']],
  ["", ["name: a value in the path must not be empty"]],
];
for (const [value, expected] of cases) {
  test(`a path value ${JSON.stringify(value)} cannot leave its segment`, () => {
    expect(url(value)).toEqual(expected);
  });
}

test("values that only together make a dot segment are refused", () => {
  const pair = buildTool({
    path: "/at/{a}{b}",
    parameters: [createParameter({ name: "a", in: "path" }), createParameter({ name: "b", in: "path" })],
  });
  expect(buildRequest(pair, { a: ".", b: "." })).toEqual({
    outcome: "refused",
    problems: ['a, b: "." and ".." cannot be sent in a path'],
  });
  const after = buildTool({ path: "/at/.{a}", parameters: [createParameter({ name: "a", in: "path" })] });
  expect(buildRequest(after, { a: "." }).outcome).toBe("refused");
});

test("no argument alters host, method or any other segment", () => {
  const styles = fc.constantFrom("simple", "label", "matrix");
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."./\\%2eE?#:@;&= \r\n\0\ud800é".split("")) }),
    fc.array(fc.string()),
    fc.dictionary(fc.string(), fc.string()),
  );
  fc.assert(
    fc.property(
      styles,
      fc.boolean(),
      fc.boolean(),
      value,
      value,
      (style, explode, allowReserved, inPath, inQuery) => {
        const made = buildTool({
          path: "/a/{x}/z",
          parameters: [
            createParameter({ name: "x", in: "path", style, explode, allowReserved, schema: {} }),
            createParameter({ name: "q", in: "query", allowReserved, schema: {} }),
          ],
        });
        const built = buildRequest(made, { x: inPath, q: inQuery });
        if (built.outcome === "refused") return;
        const sent = new URL(built.request.url);
        expect(built.request.method).toBe("GET");
        expect(sent.origin).toBe("http://api.test");
        expect(sent.hash).toBe("");
        expect(sent.pathname.split("/").map((segment, index) => (index === 3 ? "x" : segment))).toEqual(
          "/v1/a/x/z".split("/"),
        );
      },
    ),
    { numRuns: 2000 },
  );
});

test("a header value with a line break is refused", () => {
  const made = buildTool({ parameters: [createParameter({ name: "X-Note", in: "header" })] });
  expect(buildRequest(made, { "X-Note": "a\r\nHost: evil" })).toEqual({
    outcome: "refused",
    problems: ["X-Note: line breaks and control characters may not stand in a header"],
  });
});

test("what an object inherits is no argument", () => {
  const made = buildTool({ parameters: [createParameter({ name: "constructor", in: "query" })] });
  expect(buildRequest(made, {})).toMatchObject({ request: { url: "http://api.test/v1/things" } });
});

test("a path without its slash, and one that goes on as a query, are sent as they are meant", () => {
  const sent = (path: string) => {
    const built = buildRequest(
      buildTool({ path, parameters: [createParameter({ name: "y", in: "path" })] }),
      {
        y: "a&b",
      },
    );
    return built.outcome === "ready" ? built.request.url : built.problems;
  };
  expect(sent("things/{y}")).toBe("http://api.test/v1/things/a%26b");
  expect(sent("@evil.test/{y}")).toBe("http://api.test/v1/@evil.test/a%26b");
  expect(sent("/things?fixed=1&x={y}")).toBe("http://api.test/v1/things?fixed=1&x=a%26b");
});
