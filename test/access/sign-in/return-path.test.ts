import { expect, test } from "bun:test";
import fc from "fast-check";
import { safeReturnPath, withPrefix, withQuery } from "../../../src/access/sign-in/return-path.ts";

test("`safeReturnPath()` keeps a path of this server, with its query and its fragment.", () => {
  for (const path of ["/", "/a/ui?b=c#d", "/a%2F%2Fb", "/?next=https://evil.example/", "/ä"])
    expect(new URL(safeReturnPath(path, "/page"), "http://a").href).toBe(new URL(path, "http://a").href);
});

test("`safeReturnPath()` returns only what every browser resolves to the same host.", () => {
  const piece = fc.constantFrom(
    "/",
    "\\",
    "//",
    "\t",
    "\n",
    "\r",
    " ",
    ".",
    "..",
    ":",
    "@",
    "%2f",
    "%5c",
    "http",
    "evil.example",
    "\u0000",
    "?",
    "#",
    "ⓔ",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const path = safeReturnPath(pieces.join(""), "/page");
      expect(new URL(path, "https://own.example").origin).toBe("https://own.example");
      expect(path).toMatch(/^\/(?![/\\])[^\\\s]*$/);
    }),
    { numRuns: 2000 },
  );
});

test("`withQuery()` adds a parameter or replaces it, and `withPrefix()` adds the prefix of a proxy.", () => {
  expect(withQuery("/ui?a=1&sign_in=denied#x", "sign_in", "a b")).toBe("/ui?a=1&sign_in=a+b#x");
  expect(withPrefix("https://a.example", "/ui")).toBe("/ui");
  expect(withPrefix("https://a.example/b/", "/ui")).toBe("/b/ui");
});
