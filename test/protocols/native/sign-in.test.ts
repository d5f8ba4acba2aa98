import { expect, test } from "bun:test";
import type { SecurityRequirement } from "../../../src/openapi/types.ts";
import { listSignInOptions } from "../../../src/protocols/native/sign-in.ts";
import type { CallerCredentials } from "../../../src/tools/auth/types.ts";
import type { Api } from "../../../src/tools/types.ts";
import { buildTool } from "../../tools/fixtures.ts";

const securitySchemes = {
  key: { type: "apiKey", name: "X-Key", in: "header" },
  query: { type: "apiKey", name: "key", in: "query" },
  token: { type: "http", scheme: "bearer" },
  login: { type: "http", scheme: "basic" },
  oauth: { type: "oauth2", scopes: ["read"] },
  openid: { type: "openIdConnect", url: "https://login.test" },
  tls: { type: "mutualTLS" },
  odd: { type: "unknown", name: "hoba" },
} as const satisfies Api["securitySchemes"];

interface Given {
  readonly api?: Partial<Api>;
  readonly caller?: CallerCredentials;
}

/** Creates the tools of one API with an operation for each list of requirements. */
function options(securities: readonly (readonly SecurityRequirement[])[], { api, caller }: Given = {}) {
  const tools = securities.map((security) => buildTool({ security }, { securitySchemes, ...api }));
  return listSignInOptions(tools, { "": "Shop" }, caller ? { "": caller } : {});
}

const names = (...args: Parameters<typeof options>) => options(...args).map(({ scheme }) => scheme);

test("Each required scheme is offered once, with its kind of credential.", () => {
  const shop = { api: "", title: "Shop" };
  expect(
    options([
      [{ token: [] }],
      [{ key: [] }, { token: [] }],
      [{ query: [], login: [] }],
      [{ oauth: ["read"] }, { openid: [] }],
    ]),
  ).toEqual([
    { ...shop, scheme: "token", kind: "bearer" },
    { ...shop, scheme: "key", kind: "apiKey", description: "Sent as the header X-Key." },
    { ...shop, scheme: "query", kind: "apiKey", description: "Sent as the query parameter key." },
    { ...shop, scheme: "login", kind: "basic" },
    { ...shop, scheme: "oauth", kind: "bearer" },
    { ...shop, scheme: "openid", kind: "bearer", description: "An access token from https://login.test" },
  ]);
});

test("Schemes that a user cannot provide are omitted, and so are those required together with them.", () => {
  expect(names([[{ odd: [] }], [{ odd: [], token: [] }], [{ gone: [] }]])).toEqual([]);
  expect(names([[{ tls: [], token: [] }]])).toEqual(["token"]);
});

test("Optional schemes are offered, since signing in may show more.", () => {
  expect(names([[{}, { token: [] }]])).toEqual(["token"]);
  expect(names([[], [{}]])).toEqual([]);
});

test("Schemes that settings or forwarded headers satisfy are omitted.", () => {
  const token = { type: "bearer", token: "t" } as const;
  const fixed = { credentials: { token } };
  expect(names([[{ token: [] }]], { api: fixed })).toEqual([]);
  expect(names([[{ login: [] }, { token: [] }]], { api: fixed })).toEqual([]);
  expect(names([[{ token: [], key: [] }]], { api: fixed })).toEqual(["key"]);
  expect(names([[{ key: [] }]], { api: { headers: { "x-key": "k" } } })).toEqual([]);
  expect(names([[{ token: [] }]], { api: { headers: { "X-Tenant": "acme" } } })).toEqual(["token"]);
  const caller = { schemes: {}, headers: { Authorization: "Bearer mine" } };
  expect(names([[{ token: [] }, { key: [] }]], { caller })).toEqual([]);
});

test("A credential that the session has is marked as configured, without its value.", () => {
  const caller = { schemes: { token: { type: "bearer", token: "s3cret" } as const }, headers: {} };
  const offered = options([[{ token: [] }]], { caller });
  expect(offered).toEqual([{ api: "", title: "Shop", scheme: "token", kind: "bearer", configured: true }]);
  expect(JSON.stringify(offered)).not.toContain("s3cret");
});
