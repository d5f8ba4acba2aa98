import { afterAll, expect, test } from "bun:test";
import type { SecurityRequirement, SecurityScheme } from "../../../src/openapi/types.ts";
import {
  applyCredentials,
  findUnmetSecurity,
  selectCredentials,
} from "../../../src/tools/auth/credentials.ts";
import { readCredentials } from "../../../src/tools/auth/static-credentials.ts";
import { createTokenSource } from "../../../src/tools/auth/token-source.ts";
import type { CallerCredentials, Tls } from "../../../src/tools/auth/types.ts";
import { maskRequest } from "../../../src/tools/http/mask.ts";
import type { ToolRequest } from "../../../src/tools/http/types.ts";
import type { Api } from "../../../src/tools/types.ts";
import {
  buildTool,
  buildToolbox,
  createApi,
  createCall,
  createContext,
  createOperation,
  rejectingTokenSource,
} from "../fixtures.ts";

const schemes: Record<string, SecurityScheme> = {
  header: { type: "apiKey", name: "X-Key", in: "header" },
  query: { type: "apiKey", name: "api key", in: "query" },
  cookie: { type: "apiKey", name: "sid", in: "cookie" },
  bearer: { type: "http", scheme: "bearer" },
  basic: { type: "http", scheme: "basic" },
};
const key = (value: string) => ({ type: "apiKey", value }) as const;
const tokenOptions = { signal: new AbortController().signal, dryRun: false };

async function authenticate(
  security: readonly SecurityRequirement[],
  fields: Partial<Api>,
  caller?: Partial<CallerCredentials>,
  request: Partial<ToolRequest> = {},
) {
  const api = createApi({ securitySchemes: schemes, ...fields });
  const credentials = caller && { schemes: {}, headers: {}, ...caller };
  const resolved = await rejectingTokenSource(
    selectCredentials(buildTool({ security }, api), credentials),
    api,
    tokenOptions,
  );
  if (resolved.outcome === "failed") throw new Error(resolved.problem);
  const plain = { method: "GET", url: "http://api.test/v1/x?a=1", headers: {}, body: null, ...request };
  return applyCredentials(plain, api, resolved.credentials, credentials);
}

const cases = [
  ["header", key("k"), { "X-Key": "k" }, "?a=1"],
  ["query", key("k&="), {}, "?a=1&api%20key=k%26%3D"],
  ["cookie", key("k"), { Cookie: "sid=k" }, "?a=1"],
  ["bearer", { type: "bearer", token: "t" }, { Authorization: "Bearer t" }, "?a=1"],
  ["basic", { type: "basic", username: "ü", password: "p:q" }, { Authorization: "Basic w7w6cDpx" }, "?a=1"],
] as const;
for (const [name, credential, headers, query] of cases) {
  test(`a credential of the scheme ${name} is sent in its place`, async () => {
    const { request } = await authenticate([{ [name]: [] }], { credentials: { [name]: credential } });
    expect(request).toEqual({ method: "GET", url: `http://api.test/v1/x${query}`, headers, body: null });
  });
}

test("the first requirement that can be satisfied is used, with all its schemes", async () => {
  const credentials = { header: key("h"), cookie: key("c"), query: key("q") };
  const security: SecurityRequirement[] = [{ bearer: [] }, { header: [], cookie: [] }, { query: [] }];
  const { request, secrets } = await authenticate(security, { credentials });
  expect(request.headers).toEqual({ "X-Key": "h", Cookie: "sid=c" });
  expect(secrets).toEqual({ headers: ["x-key"], query: [], cookies: ["sid"] });
});

test("optional credentials are sent when there are any, and none when none are required", async () => {
  const credentials = { header: key("h") };
  expect((await authenticate([], { credentials })).request.headers).toEqual({});
  expect((await authenticate([{}, { header: [] }], { credentials })).request.headers).toEqual({
    "X-Key": "h",
  });
  expect((await authenticate([{}, { header: [] }], {})).request.headers).toEqual({});
});

test("a caller's credentials override those of the settings and arguments of the same name", async () => {
  const { request } = await authenticate(
    [{ header: [] }],
    { credentials: { header: key("ours") }, headers: { "X-Tenant": "acme" } },
    { schemes: { header: key("theirs") }, headers: { cookie: "a=2; b=3" } },
    { headers: { "x-key": "guessed", "x-tenant": "other", Cookie: "a=1; c=4" } },
  );
  expect(request.headers).toEqual({ "x-key": "theirs", "x-tenant": "acme", Cookie: "c=4; a=2; b=3" });
});

test("only secrets are masked, in every part of a request", async () => {
  const credentials = { query: key("q-secret"), cookie: key("c-secret") };
  const { request, secrets } = await authenticate(
    [{ query: [], cookie: [] }],
    { credentials, headers: { Authorization: "Bearer t-secret", "X-Other": "o-secret" } },
    undefined,
    { headers: { Accept: "text/plain", Cookie: "lang=en" } },
  );
  expect(maskRequest(request, secrets)).toEqual({
    method: "GET",
    url: "http://api.test/v1/x?a=1&api%20key=***",
    headers: {
      Accept: "text/plain",
      Cookie: "lang=en; sid=***",
      Authorization: "Bearer ***",
      "X-Other": "***",
    },
    body: null,
  });
});

test("`findUnmetSecurity()` lists the schemes that have no credential", () => {
  const findUnmet = (fields: Partial<Api>) =>
    findUnmetSecurity(
      buildTool(
        { security: [{ bearer: [] }, { header: [], cookie: [] }] },
        { securitySchemes: schemes, ...fields },
      ),
    );
  expect(findUnmet({})).toBe("bearer, or header and cookie");
  expect(findUnmet({ credentials: { bearer: { type: "bearer", token: "t" } } })).toBeUndefined();
  expect(findUnmet({ headers: { Authorization: "x" } })).toBeUndefined();
  expect(findUnmetSecurity(buildTool({}))).toBeUndefined();
  const findUnmetWithTls = (tls?: Tls) =>
    findUnmetSecurity(
      buildTool({ security: [{ cert: [] }] }, { securitySchemes: { cert: { type: "mutualTLS" } }, tls }),
    );
  expect(findUnmetWithTls()).toBe("cert (--api-client-cert)");
  expect(findUnmetWithTls({ ca: "PEM" })).toBe("cert (--api-client-cert)");
  expect(findUnmetWithTls({ cert: "PEM", key: "PEM" })).toBeUndefined();
});

test("`readCredentials()` reads values by their scheme and never repeats an invalid one", () => {
  const known: Record<string, SecurityScheme> = {
    ...schemes,
    oauth: { type: "oauth2", tokenUrl: "/token", scopes: [] },
  };
  expect(readCredentials(["header: a:b", "bearer: t", "basic: u:p:q", "oauth: id:secret"], known)).toEqual({
    header: { type: "apiKey", value: "a:b" },
    bearer: { type: "bearer", token: "t" },
    basic: { type: "basic", username: "u", password: "p:q" },
    oauth: { type: "client", clientId: "id", clientSecret: "secret" },
  });
  const findProblem = (line: string) => {
    try {
      return readCredentials([line], known);
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
  };
  expect(findProblem("s3cret")).toBe("a credential must have the form SCHEME: VALUE");
  expect(findProblem("haeder: s3cret")).toBe(
    'the document has no security scheme "haeder"; known: header, query, cookie, bearer, basic, oauth',
  );
  expect(findProblem("basic: s3cret")).toBe(
    '"basic" (http) takes the token, or user:password for basic and digest',
  );
});

let clock = 1_000_000;
let tokenRequests: { path: string; authorization: string | null; form: Record<string, string> }[] = [];
let refuseBasic = false;
const issuer: Bun.Server<undefined> = Bun.serve({
  port: 0,
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/.well-known/openid-configuration")
      return Response.json({ token_endpoint: `${issuer.url.origin}/oidc-token` });
    const authorization = request.headers.get("authorization");
    const form = Object.fromEntries(new URLSearchParams(await request.text()));
    tokenRequests.push({ path: pathname, authorization, form });
    if (pathname === "/endless")
      return new Response(new ReadableStream({ pull: (out) => out.enqueue(new Uint8Array(65_536)) }));
    if (pathname === "/refuses" || (refuseBasic && authorization))
      return Response.json({ error: "invalid_client" }, { status: 401 });
    return Response.json({ access_token: `token-${tokenRequests.length}`, expires_in: 100 });
  },
});
afterAll(() => issuer.stop(true));

const client = { type: "client", clientId: "id", clientSecret: "s:t" } as const;
const basicOfClient = `Basic ${Buffer.from("id:s%3At").toString("base64")}`;

function createSource() {
  clock = 1_000_000;
  tokenRequests = [];
  refuseBasic = false;
  return createTokenSource({ fetch: (url, init) => fetch(url, init), now: () => clock, timeoutMs: 5000 });
}

function selectOAuth(scheme: SecurityScheme) {
  return [{ name: "oauth", scheme, credential: client, scopes: ["read"] }];
}
const oauth = selectOAuth({ type: "oauth2", tokenUrl: "token", scopes: [] });
const issuerApi = createApi({ baseUrl: issuer.url.origin });

test("a token is shared by concurrent calls and fetched again shortly before it expires", async () => {
  const tokens = createSource();
  const resolve = async () => {
    const result = await tokens(oauth, issuerApi, tokenOptions);
    return result.outcome === "ready" ? result.credentials.map(({ credential }) => credential) : [];
  };
  const bearer = (name: string) => [{ type: "bearer" as const, token: name }];
  expect(await Promise.all([resolve(), resolve(), resolve()])).toEqual([
    bearer("token-1"),
    bearer("token-1"),
    bearer("token-1"),
  ]);
  clock += 79_000;
  expect(await resolve()).toEqual(bearer("token-1"));
  clock += 2_000;
  expect(await resolve()).toEqual(bearer("token-2"));
  expect(tokenRequests[0]).toEqual({
    path: "/token",
    authorization: basicOfClient,
    form: { grant_type: "client_credentials", scope: "read" },
  });
  expect(tokenRequests).toHaveLength(2);
});

test("a token that the API refuses is fetched again for the next call", async () => {
  const received: (string | null)[] = [];
  const revoking = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const authorization = request.headers.get("authorization");
      received.push(authorization);
      return new Response("", { status: authorization === "Bearer token-1" ? 401 : 200 });
    },
  });
  const tools = buildToolbox([createOperation({ operationId: "get", security: [{ oauth: ["read"] }] })], {
    tokenSource: createSource(),
    api: {
      baseUrl: `http://127.0.0.1:${revoking.port}`,
      securitySchemes: { oauth: { type: "oauth2", tokenUrl: `${issuer.url.origin}/token`, scopes: [] } },
      credentials: { oauth: client },
    },
  });
  const statuses: (number | undefined)[] = [];
  for (let call = 0; call < 3; call++)
    statuses.push((await tools.run(createCall("get"), createContext())).result.httpStatus);
  expect({ statuses, received }).toEqual({
    statuses: [401, 200, 200],
    received: ["Bearer token-1", "Bearer token-2", "Bearer token-2"],
  });
  await revoking.stop(true);
});

test("a client that is refused with HTTP Basic authenticates in the body", async () => {
  const tokens = createSource();
  refuseBasic = true;
  expect(await tokens(oauth, issuerApi, tokenOptions)).toMatchObject({ outcome: "ready" });
  expect(tokenRequests[1]).toEqual({
    path: "/token",
    authorization: null,
    form: { grant_type: "client_credentials", scope: "read", client_id: "id", client_secret: "s:t" },
  });
});

test("the token endpoint comes from OpenID Connect discovery", async () => {
  const tokens = createSource();
  const oidc = selectOAuth({
    type: "openIdConnect",
    url: `${issuer.url.origin}/.well-known/openid-configuration`,
  });
  expect(await tokens(oidc, issuerApi, tokenOptions)).toMatchObject({ outcome: "ready" });
  expect(tokenRequests.map(({ path }) => path)).toEqual(["/oidc-token"]);
});

test("a dry run fetches no token", async () => {
  const tokens = createSource();
  expect(await tokens(oauth, issuerApi, { ...tokenOptions, dryRun: true })).toEqual({
    outcome: "ready",
    credentials: [
      {
        name: "oauth",
        scheme: oauth[0]?.scheme ?? { type: "mutualTLS" },
        scopes: ["read"],
        credential: { type: "bearer", token: "<token>" },
      },
    ],
  });
  expect(tokenRequests).toEqual([]);
});

test("a failure to fetch a token is described without the secret", async () => {
  const tokens = createSource();
  const refusing = selectOAuth({ type: "oauth2", tokenUrl: "/refuses", scopes: [] });
  expect(await tokens(refusing, issuerApi, tokenOptions)).toEqual({
    outcome: "failed",
    problem: `No token for oauth: ${issuer.url.host} responded with HTTP 401 (invalid_client).`,
  });
  const endless = selectOAuth({ type: "oauth2", tokenUrl: "/endless", scopes: [] });
  expect(await tokens(endless, issuerApi, tokenOptions)).toEqual({
    outcome: "failed",
    problem: `No token for oauth: the response of ${issuer.url.host} is too large.`,
  });
  const unreachable = selectOAuth({ type: "oauth2", tokenUrl: "http://127.0.0.1:1/token", scopes: [] });
  expect(await tokens(unreachable, issuerApi, tokenOptions)).toEqual({
    outcome: "failed",
    problem: "No token for oauth: 127.0.0.1:1 refused the connection or cannot be reached.",
  });
  const stopped = AbortSignal.abort();
  expect(await createSource()(oauth, issuerApi, { dryRun: false, signal: stopped })).toEqual({
    outcome: "failed",
    problem: "No token for oauth: the call was stopped.",
  });
});
