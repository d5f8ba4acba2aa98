import { expect, test } from "bun:test";
import fc from "fast-check";
import { buildRequest } from "../../../src/tools/request/request.ts";
import { buildTool, createParameter } from "../fixtures.ts";

const files = buildTool({
  path: "/files/{name}/meta",
  parameters: [createParameter({ name: "name", in: "path" }), createParameter({ name: "q", in: "query" })],
});

function buildUrl(name: unknown): string | readonly string[] {
  const built = buildRequest(files, { name });
  return built.outcome === "ready" ? built.request.url : built.problems;
}

const inPath = (segment: string) => `http://api.test/v1/files/${segment}/meta`;
const CLIMBS = ['name: must not contain "../", which would lead above its place in the path'];
const cases: readonly (readonly [string, string | readonly string[]])[] = [
  ["../admin", CLIMBS],
  ["../", CLIMBS],
  ["a/..", CLIMBS],
  ["a/../../admin", CLIMBS],
  ["..\\admin", CLIMBS],
  ["a\\..\\b", CLIMBS],
  ["..;x/admin", CLIMBS],
  ["./a", inPath(".%2Fa")],
  ["%2e%2e", inPath("%252e%252e")],
  ["..%2fadmin", inPath("..%252fadmin")],
  ["a/b", inPath("a%2Fb")],
  ["a..b/..c/v1..", inPath("a..b%2F..c%2Fv1..")],
  ["100%", inPath("100%25")],
  ["a?b", inPath("a%3Fb")],
  ["a#b", inPath("a%23b")],
  ["a\\b", inPath("a%5Cb")],
  ["a;b=c", inPath("a%3Bb%3Dc")],
  ["\r\n\t\0", inPath("%0D%0A%09%00")],
  ["\ud800", inPath("%EF%BF%BD")],
  ["ünï", inPath("%C3%BCn%C3%AF")],
  ["...", inPath("...")],
  ["..", ['name: "." and ".." cannot be sent in a path']],
  ["", ["name: must not be empty, as it is part of the path"]],
];
for (const [value, expected] of cases) {
  test(`a path value ${JSON.stringify(value)} cannot leave its segment`, () => {
    expect(buildUrl(value)).toEqual(expected);
  });
}

test("values that form a dot segment together are refused", () => {
  const pair = buildTool({
    path: "/at/{a}{b}",
    parameters: [createParameter({ name: "a", in: "path" }), createParameter({ name: "b", in: "path" })],
  });
  expect(buildRequest(pair, { a: ".", b: "." })).toEqual({
    outcome: "refused",
    problems: ['a, b: "." and ".." cannot be sent in a path'],
  });
  const label = buildTool({
    path: "/at/{a}",
    parameters: [createParameter({ name: "a", in: "path", style: "label" })],
  });
  expect(buildRequest(label, { a: "./b" }).outcome).toBe("refused");
  expect(buildRequest(label, { a: "b/../c" }).outcome).toBe("refused");
  const suffixed = buildTool({
    path: "/at/x{a}.json",
    parameters: [createParameter({ name: "a", in: "path" })],
  });
  expect(buildRequest(suffixed, { a: "/../b" }).outcome).toBe("refused");
  expect(buildRequest(suffixed, { a: "../b" })).toMatchObject({
    request: { url: "http://api.test/v1/at/x..%2Fb.json" },
  });
  const after = buildTool({ path: "/at/.{a}", parameters: [createParameter({ name: "a", in: "path" })] });
  expect(buildRequest(after, { a: "." }).outcome).toBe("refused");
});

test("no argument changes the host, the method or another segment", () => {
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
        const tool = buildTool({
          path: "/a/{x}/z",
          parameters: [
            createParameter({ name: "x", in: "path", style, explode, allowReserved, schema: {} }),
            createParameter({ name: "q", in: "query", allowReserved, schema: {} }),
          ],
        });
        const built = buildRequest(tool, { x: inPath, q: inQuery });
        if (built.outcome === "refused") return;
        const url = new URL(built.request.url);
        expect(built.request.method).toBe("GET");
        expect(url.origin).toBe("http://api.test");
        expect(url.hash).toBe("");
        expect(url.pathname.split("/").map((segment, index) => (index === 3 ? "x" : segment))).toEqual(
          "/v1/a/x/z".split("/"),
        );
      },
    ),
    { numRuns: 2000 },
  );
});

test("a header value with a line break is refused", () => {
  const tool = buildTool({ parameters: [createParameter({ name: "X-Note", in: "header" })] });
  expect(buildRequest(tool, { "X-Note": "a\r\nHost: evil" })).toEqual({
    outcome: "refused",
    problems: ["X-Note: must not contain line breaks or control characters, as it is sent in a header"],
  });
});

test("an inherited property is not an argument", () => {
  const tool = buildTool({ parameters: [createParameter({ name: "constructor", in: "query" })] });
  expect(buildRequest(tool, {})).toMatchObject({ request: { url: "http://api.test/v1/things" } });
});

test("a path template can lack its slash or contain a query", () => {
  const build = (path: string) => {
    const built = buildRequest(
      buildTool({ path, parameters: [createParameter({ name: "y", in: "path" })] }),
      {
        y: "a&b",
      },
    );
    return built.outcome === "ready" ? built.request.url : built.problems;
  };
  expect(build("things/{y}")).toBe("http://api.test/v1/things/a%26b");
  expect(build("@evil.test/{y}")).toBe("http://api.test/v1/@evil.test/a%26b");
  expect(build("/things?fixed=1&x={y}")).toBe("http://api.test/v1/things?fixed=1&x=a%26b");
});

test("text between parameters stays when it contains the name of one", () => {
  const functions = buildTool({
    path: "/logs(from={from},to={to})",
    parameters: [createParameter({ name: "from", in: "path" }), createParameter({ name: "to", in: "path" })],
  });
  const built = buildRequest(functions, { from: "1", to: "2" });
  expect(built).toMatchObject({ request: { url: "http://api.test/v1/logs(from=1,to=2)" } });
});
