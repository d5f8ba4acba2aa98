import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { JsonSchema } from "../../../src/chat/types.ts";
import { writeXml } from "../../../src/tools/request/xml.ts";

const string = { type: "string" };
const list = (items: JsonSchema, xml?: JsonSchema): JsonSchema => ({
  type: "array",
  items,
  ...(xml && { xml }),
});

/** Writes an object with one property. */
function write(property: JsonSchema, value: unknown, definitions: Record<string, JsonSchema> = {}) {
  const problems: string[] = [];
  const schema = { type: "object", xml: { name: "r" }, properties: { animals: property } };
  const text = writeXml({ animals: value }, schema, definitions, problems);
  return problems.length > 0 ? problems : text.replace(/^<r>(.*)<\/r>$/s, "$1");
}

const two = ["a", "b"];

/** The examples of https://spec.openapis.org/oas/v3.1.1.html#xml-object-examples and of 3.2, with values of our own. */
test.each<[string, JsonSchema, unknown, string]>([
  ["the name of the property", string, "a", "<animals>a</animals>"],
  ["its own name", { ...string, xml: { name: "animal" } }, "a", "<animal>a</animal>"],
  ["an attribute", { ...string, xml: { attribute: true } }, "a", '<r animals="a"/>'],
  ["an attribute of 3.2", { ...string, xml: { nodeType: "attribute", name: "n" } }, "a", '<r n="a"/>'],
  ["a list in an attribute", list(string, { attribute: true }), two, '<r animals="a b"/>'],
  ["a list", list(string), two, "<animals>a</animals><animals>b</animals>"],
  ["items with a name", list({ ...string, xml: { name: "x" } }), two, "<x>a</x><x>b</x>"],
  [
    "a list and items with names",
    list({ ...string, xml: { name: "x" } }, { name: "y" }),
    two,
    "<x>a</x><x>b</x>",
  ],
  ["a list with a name", list(string, { name: "y" }), two, "<y>a</y><y>b</y>"],
  [
    "a wrapped list",
    list(string, { wrapped: true }),
    two,
    "<animals><animals>a</animals><animals>b</animals></animals>",
  ],
  [
    "a wrapped list of items with a name",
    list({ ...string, xml: { name: "x" } }, { wrapped: true }),
    two,
    "<animals><x>a</x><x>b</x></animals>",
  ],
  ["a wrapped list with a name", list(string, { wrapped: true, name: "y" }), two, "<y><y>a</y><y>b</y></y>"],
  [
    "a wrapped list, both with names",
    list({ ...string, xml: { name: "x" } }, { wrapped: true, name: "y" }),
    two,
    "<y><x>a</x><x>b</x></y>",
  ],
  ["a wrapped list of 3.2", list(string, { nodeType: "element", name: "y" }), ["a"], "<y><y>a</y></y>"],
  ["an empty list", list(string), [], "<r/>"],
  ["an empty wrapped list", list(string, { wrapped: true }), [], "<animals/>"],
  ["a list of lists", list(list(string)), [["a"], ["b"]], "<animals>a</animals><animals>b</animals>"],
  [
    "a namespace with a prefix",
    { ...string, xml: { namespace: "urn:a?b&c", prefix: "p" } },
    "a",
    '<p:animals xmlns:p="urn:a?b&amp;c">a</p:animals>',
  ],
  [
    "a namespace without a prefix",
    { ...string, xml: { namespace: "urn:a" } },
    "a",
    '<animals xmlns="urn:a">a</animals>',
  ],
  [
    "an attribute of a namespace",
    { ...string, xml: { namespace: "urn:a", prefix: "p", attribute: true } },
    "a",
    '<r xmlns:p="urn:a" p:animals="a"/>',
  ],
  [
    "a wrapped list in a namespace",
    list(string, { wrapped: true, namespace: "urn:a", prefix: "p" }),
    ["a"],
    '<p:animals xmlns:p="urn:a"><animals>a</animals></p:animals>',
  ],
  ["a text node", { ...string, xml: { nodeType: "text" } }, "a<b", "a&lt;b"],
  ["a CDATA section", { ...string, xml: { nodeType: "cdata" } }, "a]]>b", "<![CDATA[a]]]]><![CDATA[>b]]>"],
  [
    "an object without an element",
    { type: "object", xml: { nodeType: "none" }, properties: { x: string } },
    { x: "a" },
    "<x>a</x>",
  ],
  [
    "null",
    { type: ["string", "null"] },
    null,
    '<animals xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>',
  ],
  ["null in an attribute", { type: ["string", "null"], xml: { attribute: true } }, null, "<r/>"],
  [
    "numbers and booleans",
    list({}),
    [1.5, 9007199254740993n, false],
    "<animals>1.5</animals><animals>9007199254740993</animals><animals>false</animals>",
  ],
  ["a reference", { $ref: "#/$defs/Named" }, { x: "a" }, "<named><x>a</x></named>"],
  [
    "a reference with a name of its own",
    { $ref: "#/$defs/Named", xml: { name: "own" } },
    { x: "a" },
    "<own><x>a</x></own>",
  ],
  [
    "a list of references",
    list({ $ref: "#/$defs/Named" }, { wrapped: true }),
    [{ x: "a" }],
    "<animals><named><x>a</x></named></animals>",
  ],
  [
    "`allOf`, inherited first",
    { $ref: "#/$defs/Child" },
    { own: "b", x: "a" },
    "<animals><x>a</x><own>b</own></animals>",
  ],
  [
    "an alternative",
    { oneOf: [{ $ref: "#/$defs/Named" }, { $ref: "#/$defs/Other" }] },
    { y: "a" },
    "<other><y>a</y></other>",
  ],
  [
    "an alternative beside null",
    { anyOf: [{ $ref: "#/$defs/Named" }, { type: "null" }] },
    { x: "a" },
    "<named><x>a</x></named>",
  ],
  [
    "free keys",
    { type: "object", additionalProperties: string },
    { k: "a", l: "b" },
    "<animals><k>a</k><l>b</l></animals>",
  ],
])("%s is written as the XML Object says", (_, property, value, expected) => {
  const named = { type: "object", properties: { x: string }, required: ["x"] };
  const definitions = {
    Named: { ...named, xml: { name: "named" } },
    Child: { allOf: [named, { type: "object", properties: { own: string } }] },
    Other: { type: "object", properties: { y: string }, required: ["y"], xml: { name: "other" } },
  };
  expect(write(property, value, definitions)).toBe(expected);
});

describe("the root element", () => {
  const object = { type: "object", properties: { x: string } };
  const root = (schema: JsonSchema, value: unknown, name?: string) =>
    writeXml(value, schema, { Item: object }, [], name);
  test("has the name of its XML Object, its component, or its title", () => {
    const value = { x: "a" };
    expect(root({ ...object, xml: { name: "own" } }, value, "Component")).toBe("<own><x>a</x></own>");
    expect(root(object, value, "Component")).toBe("<Component><x>a</x></Component>");
    expect(root({ ...object, title: "Title" }, value)).toBe("<Title><x>a</x></Title>");
    expect(root({ ...object, title: "No name" }, value, "nor this")).toBe("<root><x>a</x></root>");
  });

  test("is the only member of an object without a name", () => {
    const document = { type: "object", properties: { Order: object } };
    expect(root(document, { Order: { x: "a" } })).toBe("<Order><x>a</x></Order>");
    expect(root(document, { Order: { x: "a" } }, "Request")).toBe(
      "<Request><Order><x>a</x></Order></Request>",
    );
    expect(root({ type: "object", properties: { Order: list(object) } }, { Order: [{ x: "a" }] })).toBe(
      "<root><Order><x>a</x></Order></root>",
    );
  });

  test("of a list holds its items", () => {
    const items = [{ x: "a" }, { x: "b" }];
    const written = (root: string, item: string) =>
      `<${root}><${item}><x>a</x></${item}><${item}><x>b</x></${item}></${root}>`;
    expect(root(list({ $ref: "#/$defs/Item" }, { name: "all", wrapped: true }), items)).toBe(
      written("all", "Item"),
    );
    expect(root(list({ ...object, xml: { name: "one" } }), items, "All")).toBe(written("All", "one"));
  });
});

test("members follow the order of the document, and undeclared ones come last", () => {
  const schema = {
    xml: { name: "r" },
    properties: { a: string, b: { ...string, xml: { attribute: true } }, c: string },
  };
  expect(writeXml({ z: "4", c: "3", b: "2", a: "1" }, schema, {}, [])).toBe(
    '<r b="2"><a>1</a><c>3</c><z>4</z></r>',
  );
});

test("white space and markup survive in elements and attributes", () => {
  expect(write(string, " <a & 'b' \"c\">\r\n\t]]> ")).toBe(
    "<animals> &lt;a &amp; 'b' \"c\"&gt;&#13;\n\t]]&gt; </animals>",
  );
  expect(write({ ...string, xml: { attribute: true } }, "<&'\"\r\n\t>")).toBe(
    '<r animals="&lt;&amp;\'&quot;&#13;&#10;&#9;&gt;"/>',
  );
});

test("what XML cannot contain is a problem", () => {
  expect(write(string, "a\u0000")).toEqual(["animals: has characters that XML cannot contain"]);
  expect(write(string, "\ud800")).toEqual(["animals: has characters that XML cannot contain"]);
  expect(write({ type: "object" }, { "a b": 1 })).toEqual(["a b: cannot be the name of an XML element"]);
  expect(write({ type: "object" }, { "": 1 })).toEqual([": cannot be the name of an XML element"]);
});

test("no text adds an element or an attribute", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (element, attribute) => {
      const schema = {
        xml: { name: "r" },
        properties: { e: string, a: { ...string, xml: { attribute: true } } },
      };
      const problems: string[] = [];
      const text = writeXml({ e: element, a: attribute }, schema, {}, problems);
      const [, written = "", inner = ""] = /^<r a="([^"<]*)"><e(?:>([^<]*)<\/e|\/)><\/r>$/.exec(text) ?? [];
      const decode = (escaped: string) =>
        escaped
          .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
          .replaceAll("&lt;", "<")
          .replaceAll("&gt;", ">")
          .replaceAll("&quot;", '"')
          .replaceAll("&amp;", "&");
      if (problems.length === 0) expect([decode(inner), decode(written)]).toEqual([element, attribute]);
    }),
  );
});
