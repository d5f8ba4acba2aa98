import { expect, test } from "bun:test";
import { selectForwardedHeaders } from "../../src/access/forwarded.ts";

const rules = (forwardHeaders: string[], forwardCookies: string[]) => [
  { name: "shop", forwardHeaders, forwardCookies },
];

test("Configured cookies are forwarded unchanged.", () => {
  const cookie = 'other=1; sid=s%3Aabc/de+f==.x; prefs="a b"; sidx=2; empty=';
  expect(
    selectForwardedHeaders(new Headers({ cookie }), rules([], ["sid", "prefs", "empty", "gone"])),
  ).toEqual({
    shop: { Cookie: 'sid=s%3Aabc/de+f==.x; prefs="a b"; empty=' },
  });
});

test("Configured headers are forwarded, ignoring case; other headers are not.", () => {
  const request = new Headers({ "x-tenant": "t1", "X-Other": "no", Cookie: "a=1" });
  expect(selectForwardedHeaders(request, rules(["X-Tenant", "Authorization"], []))).toEqual({
    shop: { "X-Tenant": "t1" },
  });
});
