import { expect, test } from "bun:test";
import { selectForwardedHeaders } from "../../src/access/forwarded.ts";

const nothing = { owns: () => false };
const rules = (forwardHeaders: string[], forwardCookies: string[]) => [
  { name: "shop", forwardHeaders, forwardCookies },
];

test("Configured cookies are forwarded unchanged.", () => {
  const cookie = 'other=1; sid=s%3Aabc/de+f==.x; prefs="a b"; sidx=2; empty=';
  expect(
    selectForwardedHeaders(new Headers({ cookie }), rules([], ["sid", "prefs", "empty", "gone"]), nothing),
  ).toEqual({
    shop: { Cookie: 'sid=s%3Aabc/de+f==.x; prefs="a b"; empty=' },
  });
});

test("Configured headers are forwarded, ignoring case; other headers are not.", () => {
  const request = new Headers({ "x-tenant": "t1", "X-Other": "no", Cookie: "a=1" });
  expect(selectForwardedHeaders(request, rules(["X-Tenant", "Authorization"], []), nothing)).toEqual({
    shop: { "X-Tenant": "t1" },
  });
});

test("Credentials for this server are not forwarded, even if a setting names their headers and cookies.", () => {
  const request = new Headers({
    Cookie: "specchat_caller=a; __Host-specchat_caller=b; sid=1; specchat_other=c",
    Authorization: "Bearer own",
    "X-Api-Key": "theirs",
  });
  const apis = rules(["Authorization", "x-api-key", "Cookie"], ["specchat_caller", "__Host-specchat_caller"]);
  expect(selectForwardedHeaders(request, apis, { owns: (value) => value === "Bearer own" })).toEqual({
    shop: { "x-api-key": "theirs", Cookie: "sid=1" },
  });
});

test("A token of a frame stands for the Authorization header.", () => {
  const request = new Headers({ Authorization: "Bearer old" });
  const own = { owns: (value: string) => value === "Bearer key", token: "new" };
  expect(selectForwardedHeaders(request, rules(["Authorization"], []), own)).toEqual({
    shop: { Authorization: "Bearer new" },
  });
  expect(selectForwardedHeaders(request, rules(["Authorization"], []), { ...own, token: "key" })).toEqual({
    shop: {},
  });
});
