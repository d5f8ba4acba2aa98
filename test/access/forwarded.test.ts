import { expect, test } from "bun:test";
import { selectForwardedHeaders } from "../../src/access/forwarded.ts";

const rules = (forwardHeaders: string[], forwardCookies: string[]) => [
  { name: "shop", forwardHeaders, forwardCookies },
];

test("named cookies go on as they came, character for character", () => {
  const cookie = 'other=1; sid=s%3Aabc/de+f==.x; prefs="a b"; sidx=2; empty=';
  expect(
    selectForwardedHeaders(new Headers({ cookie }), rules([], ["sid", "prefs", "empty", "gone"])),
  ).toEqual({
    shop: { Cookie: 'sid=s%3Aabc/de+f==.x; prefs="a b"; empty=' },
  });
});

test("named headers go on in any case, others and absent ones do not", () => {
  const given = new Headers({ "x-tenant": "t1", "X-Other": "no", Cookie: "a=1" });
  expect(selectForwardedHeaders(given, rules(["X-Tenant", "Authorization"], []))).toEqual({
    shop: { "X-Tenant": "t1" },
  });
});
