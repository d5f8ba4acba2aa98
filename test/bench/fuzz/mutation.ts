/** Mutations of JSON values that know the structure: references, rings, nesting, wrong types, odd names. */
import fc from "fast-check";

type Container = Record<string | number, unknown>;

interface Place {
  readonly parent: Container;
  readonly key: string | number;
  /** The JSON Pointer of the value. */
  readonly pointer: string;
}

/** One change. `at` and `other` select values of the tree by their position, modulo the number of values. */
export interface Mutation {
  readonly kind: (typeof KINDS)[number];
  readonly at: number;
  readonly other: number;
  readonly value: unknown;
  readonly name: string;
  readonly times: number;
}

const KINDS = ["set", "remove", "copy", "refer", "rename", "add", "nest", "repeat"] as const;
/** Characters of a mutated value as JSON. Copies of copies would grow beyond what a client sends in one request. */
const MAX_LENGTH = 200_000;

const ODD_TEXTS = [
  ...["", " ", "\u0000", "\ud800", "\u202e", "\u2028", "é", "😀", "a\r\nb", "'", '"', "`", "\\"],
  ...[
    "{",
    "}",
    "{id}",
    "{{",
    "/",
    "//",
    "../",
    "..",
    ".",
    "%",
    "%zz",
    "%2f",
    "?a=b",
    "#",
    "#/",
    "&",
    "$",
    "$ref",
  ],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "length",
    "null",
    "undefined",
    "NaN",
    "-0",
    "1e999",
  ],
  ...[
    "http://[",
    "http://127.0.0.1:1/x",
    "https://a.test/{x}",
    "data:,x",
    "file:///x",
    "*/*",
    "text/plain;",
    "a/b;c=d",
  ],
  ...[
    "application/xml",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "base64",
    "binary",
    "date-time",
  ],
  ...[
    "(",
    "[",
    "^(a",
    "\\p{L}+",
    "^[a-z]+$",
    "string",
    "integer",
    "object",
    "array",
    "null",
    "cookie",
    "header",
    "path",
  ],
  ...[
    "2026-02-30",
    "2026-01-31T25:00:00Z",
    "123e4567-e89b-12d3-a456-426614174000",
    "x".repeat(70),
    "x".repeat(3000),
  ],
];
export const oddText = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
);
const oddValue = fc.oneof(
  oddText,
  fc.constantFrom(null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, -(2 ** 31), 5e-324),
  fc.constantFrom<unknown>([], {}, [[]], [null], { "": {} }, { toString: 1 }, { $ref: 5 }, { $ref: "#" }, [
    {},
    1,
    "x",
  ]),
);

export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...KINDS),
    at: fc.nat(100_000),
    other: fc.nat(100_000),
    value: oddValue,
    name: oddText,
    times: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 12 }) },
      { weight: 1, arbitrary: fc.constant(300) },
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

/** Returns a changed copy of a JSON value. */
export function mutate(original: unknown, changes: readonly Mutation[]): unknown {
  const holder: Container = { root: structuredClone(original) };
  for (const change of changes) {
    const places = listPlaces(holder);
    const place = places[change.at % places.length];
    const other = places[change.other % places.length];
    if (place && other) apply(change, place, other);
    if ((JSON.stringify(holder)?.length ?? 0) > MAX_LENGTH) return original;
  }
  return holder.root;
}

function apply(mutation: Mutation, place: Place, other: Place): void {
  const { kind, value, name } = mutation;
  const { parent, key } = place;
  const current = parent[key];
  if (kind === "remove" && Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (kind === "remove") delete parent[key];
  else if (kind === "rename" && !Array.isArray(parent)) {
    delete parent[key];
    define(parent, name, current);
  } else if (kind === "add" && typeof current === "object" && current !== null && !Array.isArray(current))
    define(current as Container, name, structuredClone(value));
  else define(parent, key, replace(mutation, current, other));
}

function replace({ kind, value, name, times }: Mutation, current: unknown, other: Place): unknown {
  switch (kind) {
    case "copy":
      return structuredClone(other.parent[other.key]);
    case "refer":
      return { $ref: `#${other.pointer}${times === 12 ? "/x" : ""}` };
    case "nest":
      return nest(current, name, times);
    case "repeat":
      return Array.from({ length: times }, () => structuredClone(current));
    default:
      return structuredClone(value);
  }
}

/** Puts a value into layers of one kind, which the name selects. */
function nest(value: unknown, name: string, times: number): unknown {
  const layers: readonly ((inner: unknown) => unknown)[] = [
    (inner) => [inner],
    (inner) => ({ allOf: [inner] }),
    (inner) => ({ anyOf: [inner, { type: "null" }] }),
    (inner) => ({ type: "object", properties: { a: inner }, required: ["a"] }),
    (inner) => ({ type: "array", items: inner }),
    (inner) => ({ not: inner }),
    (inner) => ({ type: "object", additionalProperties: inner }),
  ];
  const layer = layers[name.length % layers.length] ?? ((inner) => inner);
  let nested = value;
  for (let depth = 0; depth < times; depth++) nested = layer(nested);
  return nested;
}

/** Sets an own property: an assignment to `__proto__` would set the prototype. */
function define(parent: Container, key: string | number, value: unknown): void {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

function listPlaces(holder: Container): readonly Place[] {
  const places: Place[] = [];
  const visit = (parent: Container, key: string | number, pointer: string) => {
    places.push({ parent, key, pointer });
    const value = parent[key];
    if (typeof value !== "object" || value === null) return;
    const entries = Array.isArray(value) ? value.keys() : Object.keys(value);
    for (const inner of entries)
      visit(
        value as Container,
        inner,
        `${pointer}/${String(inner).replaceAll("~", "~0").replaceAll("/", "~1")}`,
      );
  };
  visit(holder, "root", "");
  return places;
}

/** Changes of a text, such as a document or a frame: a piece is cut out, or replaced by an odd text. */
export const textChange: fc.Arbitrary<(text: string) => string> = fc
  .record({ at: fc.nat(100_000), length: fc.nat(20), inserted: oddText })
  .map(({ at, length, inserted }) =>
    Object.assign(
      (text: string) => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + inserted + text.slice(start + length);
      },
      // What the report of a failure shows.
      { [fc.toStringMethod]: () => `replace ${length} at ${at} by ${JSON.stringify(inserted)}` },
    ),
  );
