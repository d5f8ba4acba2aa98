import { expect, test } from "bun:test";
import { type BaseUrlSources, resolveBaseUrl } from "../../../src/tools/http/base-url.ts";

const documentUrl = "https://api.test/docs/v2/openapi.json";
const cases: readonly (readonly [string, Partial<BaseUrlSources>, string])[] = [
  [
    "the setting takes precedence",
    { setting: "http://10.0.0.7:8080/x/", servers: ["https://a.test"] },
    "http://10.0.0.7:8080/x",
  ],
  ["a setting without a scheme means http", { setting: "localhost:3000" }, "http://localhost:3000"],
  ["the first server is used", { servers: ["https://a.test/v1/", "https://b.test"] }, "https://a.test/v1"],
  [
    "a relative server resolves against the document",
    { servers: ["../api"], documentUrl },
    "https://api.test/docs/api",
  ],
  [
    "a server path resolves against the document's origin",
    { servers: ["/api"], documentUrl },
    "https://api.test/api",
  ],
  ["without a server, the document's origin is used", { documentUrl }, "https://api.test"],
];
for (const [rule, sources, baseUrl] of cases) {
  test(`\`resolveBaseUrl()\`: ${rule}`, () => {
    expect(resolveBaseUrl({ servers: [], ...sources })).toEqual({ outcome: "ready", baseUrl });
  });
}

const unknown: readonly (readonly [Partial<BaseUrlSources>, string])[] = [
  [{}, "the document has no server; set --base-url"],
  [
    { servers: ["/api"] },
    "the document's server /api is relative, and the document has no URL; set --base-url",
  ],
  [
    { servers: ["https://{region}.test"] },
    "the document's server https://{region}.test has a variable without a value; set --base-url",
  ],
  [{ setting: "http://" }, "--base-url http:// is not a URL"],
  [{ setting: "ftp://a.test" }, "--base-url ftp://a.test is not an http or https URL"],
];
for (const [sources, problem] of unknown) {
  test(`\`resolveBaseUrl()\` reports: ${problem}`, () => {
    expect(resolveBaseUrl({ servers: [], ...sources })).toEqual({ outcome: "unknown", problem });
  });
}

test("`resolveBaseUrl()` never repeats a password", () => {
  const resolved = resolveBaseUrl({ setting: "https://user:s3cret@a.test", servers: [] });
  expect(resolved).toEqual({
    outcome: "unknown",
    problem: "--base-url contains a password; set credentials with --api-header",
  });
});
