/** Tests every cell of https://spec.openapis.org/oas/v3.1.1.html#style-examples, in every location that allows the style. */
import { expect, test } from "bun:test";
import type { ParameterIn, ParameterStyle } from "../../../src/openapi/types.ts";
import { buildRequest } from "../../../src/tools/request/request.ts";
import { buildTool, createParameter } from "../fixtures.ts";

const EMPTY = "";
const TEXT = "blue";
const LIST = ["blue", "black", "brown"];
const OBJECT = { R: 100, G: 200, B: 150 };
const REFUSED = "refused";

interface Row {
  readonly in: ParameterIn;
  readonly style: ParameterStyle;
  readonly explode: boolean;
  readonly empty: string;
  readonly text: string;
  readonly list: string;
  readonly object: string;
}

const rows: readonly Row[] = [
  {
    in: "path",
    style: "matrix",
    explode: false,
    empty: ";color",
    text: ";color=blue",
    list: ";color=blue,black,brown",
    object: ";color=R,100,G,200,B,150",
  },
  {
    in: "path",
    style: "matrix",
    explode: true,
    empty: ";color",
    text: ";color=blue",
    list: ";color=blue;color=black;color=brown",
    object: ";R=100;G=200;B=150",
  },
  {
    in: "path",
    style: "label",
    explode: false,
    empty: REFUSED,
    text: ".blue",
    list: ".blue,black,brown",
    object: ".R,100,G,200,B,150",
  },
  {
    in: "path",
    style: "label",
    explode: true,
    empty: REFUSED,
    text: ".blue",
    list: ".blue.black.brown",
    object: ".R=100.G=200.B=150",
  },
  {
    in: "path",
    style: "simple",
    explode: false,
    empty: REFUSED,
    text: "blue",
    list: "blue,black,brown",
    object: "R,100,G,200,B,150",
  },
  {
    in: "path",
    style: "simple",
    explode: true,
    empty: REFUSED,
    text: "blue",
    list: "blue,black,brown",
    object: "R=100,G=200,B=150",
  },
  {
    in: "header",
    style: "simple",
    explode: false,
    empty: "",
    text: "blue",
    list: "blue,black,brown",
    object: "R,100,G,200,B,150",
  },
  {
    in: "header",
    style: "simple",
    explode: true,
    empty: "",
    text: "blue",
    list: "blue,black,brown",
    object: "R=100,G=200,B=150",
  },
  {
    in: "query",
    style: "form",
    explode: false,
    empty: "color=",
    text: "color=blue",
    list: "color=blue,black,brown",
    object: "color=R,100,G,200,B,150",
  },
  {
    in: "query",
    style: "form",
    explode: true,
    empty: "color=",
    text: "color=blue",
    list: "color=blue&color=black&color=brown",
    object: "R=100&G=200&B=150",
  },
  {
    in: "query",
    style: "spaceDelimited",
    explode: false,
    empty: "color=",
    text: "color=blue",
    list: "color=blue%20black%20brown",
    object: "color=R%20100%20G%20200%20B%20150",
  },
  {
    in: "query",
    style: "spaceDelimited",
    explode: true,
    empty: "color=",
    text: "color=blue",
    list: "color=blue&color=black&color=brown",
    object: "R=100&G=200&B=150",
  },
  {
    in: "query",
    style: "pipeDelimited",
    explode: false,
    empty: "color=",
    text: "color=blue",
    list: "color=blue%7Cblack%7Cbrown",
    object: "color=R%7C100%7CG%7C200%7CB%7C150",
  },
  {
    in: "query",
    style: "pipeDelimited",
    explode: true,
    empty: "color=",
    text: "color=blue",
    list: "color=blue&color=black&color=brown",
    object: "R=100&G=200&B=150",
  },
  {
    in: "query",
    style: "deepObject",
    explode: true,
    empty: "color=",
    text: "color=blue",
    list: "color%5B0%5D=blue&color%5B1%5D=black&color%5B2%5D=brown",
    object: "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
  },
  {
    in: "query",
    style: "deepObject",
    explode: false,
    empty: "color=",
    text: "color=blue",
    list: "color%5B0%5D=blue&color%5B1%5D=black&color%5B2%5D=brown",
    object: "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
  },
  {
    in: "cookie",
    style: "form",
    explode: false,
    empty: "color=",
    text: "color=blue",
    list: "color=blue,black,brown",
    object: "color=R,100,G,200,B,150",
  },
  {
    in: "cookie",
    style: "form",
    explode: true,
    empty: "color=",
    text: "color=blue",
    list: "color=blue; color=black; color=brown",
    object: "R=100; G=200; B=150",
  },
];

/** Returns the serialized parameter `color`. */
function serialize(row: Pick<Row, "in" | "style" | "explode">, value: unknown, more = {}): string {
  const tool = buildTool({
    path: row.in === "path" ? "/at/{color}" : "/at",
    parameters: [createParameter({ name: "color", ...row, required: true, schema: {}, ...more })],
  });
  const built = buildRequest(tool, { color: value });
  if (built.outcome === "refused") return REFUSED;
  const { url, headers } = built.request;
  const base = "http://api.test/v1/at";
  if (row.in === "path") return url.slice(`${base}/`.length);
  if (row.in === "query") return url.slice(`${base}?`.length);
  return (row.in === "header" ? headers.color : headers.Cookie) ?? "";
}

for (const row of rows) {
  const cells = [
    ["an empty string", EMPTY, row.empty],
    ["a string", TEXT, row.text],
    ["a list", LIST, row.list],
    ["an object", OBJECT, row.object],
  ] as const;
  for (const [what, value, expected] of cells) {
    test(`${row.in} ${row.style} explode=${row.explode} serializes ${what} as ${expected || "nothing"}`, () => {
      expect(serialize(row, value)).toBe(expected);
    });
  }
}

const deep = { in: "query", style: "deepObject", explode: true } as const;
test("deepObject serializes nested objects and lists by their path", () => {
  const value = { owner: { name: "a b", tags: ["x", "y"] }, "odd]key": 1, gone: null };
  expect(serialize(deep, value)).toBe(
    "color%5Bowner%5D%5Bname%5D=a%20b&color%5Bowner%5D%5Btags%5D%5B0%5D=x&color%5Bowner%5D%5Btags%5D%5B1%5D=y&color%5Bodd%5Dkey%5D=1",
  );
});

const form = { in: "query", style: "form", explode: false } as const;
test("separators in list items are encoded, those between items are not", () => {
  expect(serialize(form, ["a,b", "c&d"])).toBe("color=a%2Cb,c%26d");
});

test("allowReserved keeps reserved characters, except those that would end or split the query", () => {
  const reserved = ":/?#[]@!$&'()*+,;= %é";
  expect(serialize(form, reserved, { allowReserved: true })).toBe(
    "color=:/?%23%5B%5D@!$%26'()*%2B,;=%20%25%C3%A9",
  );
  expect(serialize(form, reserved)).toBe(
    "color=%3A%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%20%25%C3%A9",
  );
});

test("an empty string of an optional parameter is omitted unless empty has a meaning", () => {
  expect(serialize(form, "", { required: false })).toBe("");
  expect(serialize(form, "", { required: false, allowEmptyValue: true })).toBe("color=");
  expect(serialize(form, "", { required: false, schema: { enum: ["", "a"] } })).toBe("color=");
});

test("an empty list or object sends nothing", () => {
  for (const row of rows) {
    const nothing = row.in === "path" ? REFUSED : "";
    expect([serialize(row, []), serialize(row, {})]).toEqual([nothing, nothing]);
  }
});

test("a parameter with content is serialized as its media type", () => {
  const json = { mediaType: "application/json" };
  expect(serialize(form, { a: [1, 9007199254740993n] }, json)).toBe(
    "color=%7B%22a%22%3A%5B1%2C9007199254740993%5D%7D",
  );
  expect(serialize({ in: "header", style: "simple", explode: false }, { a: 1 }, json)).toBe('{"a":1}');
  expect(serialize({ in: "path", style: "simple", explode: false }, ["a/b"], json)).toBe("%5B%22a%2Fb%22%5D");
  expect(serialize(form, "a b", { mediaType: "text/plain" })).toBe("color=a%20b");
});

test("nested objects and lists are serialized as JSON", () => {
  expect(serialize({ ...form, explode: true }, [{ a: 1 }])).toBe("color=%7B%22a%22%3A1%7D");
});

test("delimited lists of Swagger 2.0 are allowed in every location", () => {
  const serializeList = (location: ParameterIn, style: ParameterStyle) =>
    serialize({ in: location, style, explode: false }, ["a,b", "c"]);
  const styles = ["simple", "spaceDelimited", "pipeDelimited", "tabDelimited"] as const;
  expect(styles.map((style) => serializeList("path", style))).toEqual([
    "a%2Cb,c",
    "a%2Cb%20c",
    "a%2Cb%7Cc",
    "a%2Cb%09c",
  ]);
  expect(styles.map((style) => serializeList("header", style))).toEqual([
    "a,b,c",
    "a,b c",
    "a,b|c",
    "a,b\tc",
  ]);
  expect(serializeList("query", "tabDelimited")).toBe("color=a%2Cb%09c");
});

test("the style cookie of OpenAPI 3.2 encodes only characters that a cookie cannot contain", () => {
  const cookie = { in: "cookie", style: "cookie", explode: true } as const;
  expect(serialize(cookie, "a/b=c;d e")).toBe("color=a/b=c%3Bd%20e");
  expect(serialize(cookie, LIST)).toBe("color=blue; color=black; color=brown");
  expect(serialize(cookie, OBJECT)).toBe("R=100; G=200; B=150");
  expect(serialize({ ...cookie, explode: false }, LIST)).toBe("color=blue,black,brown");
});
