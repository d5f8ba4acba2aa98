import { expect, test } from "bun:test";
import { type BaseUrlSources, resolveBaseUrl } from "../../../src/tools/http/base-url.ts";

const documentUrl = "https://api.test/docs/v2/openapi.json";
const cases: readonly (readonly [string, Partial<BaseUrlSources>, string])[] = [
  [
    "the setting wins",
    { setting: "http://10.0.0.7:8080/x/", servers: ["https://a.test"] },
    "http://10.0.0.7:8080/x",
  ],
  ["a setting without a scheme is http", { setting: "localhost:3000" }, "http://localhost:3000"],
  ["the first server", { servers: ["https://a.test/v1/", "https://b.test"] }, "https://a.test/v1"],
  ["a server relative to the document", { servers: ["../api"], documentUrl }, "https://api.test/docs/api"],
  ["a server from the root on", { servers: ["/api"], documentUrl }, "https://api.test/api"],
  ["no server: the document's origin", { documentUrl }, "https://api.test"],
];
for (const [what, sources, baseUrl] of cases) {
  test(`decideBaseUrl(): ${what}`, () => {
    expect(resolveBaseUrl({ servers: [], ...sources })).toEqual({ outcome: "ready", baseUrl });
  });
}

const unknown: readonly (readonly [Partial<BaseUrlSources>, string])[] = [
  [{}, "the document names no server; pass --base-url"],
  [
    { servers: ["/api"] },
    "the document's server /api is relative and the document has no address of its own; pass --base-url",
  ],
  [
    { servers: ["https://{region}.test"] },
    "the document's server https://{region}.test has a variable without a value; pass --base-url",
  ],
  [{ setting: "http://" }, "--base-url http:// is no URL"],
  [{ setting: "ftp://a.test" }, "--base-url ftp://a.test is no http or https address"],
];
for (const [sources, problem] of unknown) {
  test(`decideBaseUrl(): ${problem}`, () => {
    expect(resolveBaseUrl({ servers: [], ...sources })).toEqual({ outcome: "unknown", problem });
  });
}

test("decideBaseUrl() never repeats a password", () => {
  const decided = resolveBaseUrl({ setting: "https://user:s3cret@a.test", servers: [] });
  expect(decided).toEqual({
    outcome: "unknown",
    problem: "--base-url holds a password; credentials go into --api-header",
  });
});
