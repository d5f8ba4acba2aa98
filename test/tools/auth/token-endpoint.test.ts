import { expect, test } from "bun:test";
import { resolveTokenEndpoint, TokenError } from "../../../src/tools/auth/fetch-token.ts";

test("a token endpoint on another host than the issuer's is used only when that host is allowed", async () => {
  const resolve = (endpoint: string, allowedHosts: readonly string[] = []) =>
    resolveTokenEndpoint(
      { type: "openIdConnect", url: "https://id.test/.well-known/openid-configuration" },
      undefined,
      "https://api.test",
      { fetch: async () => Response.json({ token_endpoint: endpoint }), timeoutMs: 1000, allowedHosts },
    ).catch((error: unknown) => (error instanceof TokenError ? error.message : error));
  expect([
    await resolve("https://id.test/token"),
    await resolve("https://elsewhere.test/token"),
    await resolve("https://elsewhere.test/token", ["elsewhere.test"]),
    await resolve("https://id.test@elsewhere.test/token"),
    await resolve("//elsewhere.test/token"),
    await resolve("http://elsewhere.test/token", ["elsewhere.test"]),
    await resolve("http://id.test/token"),
  ]).toEqual([
    "https://id.test/token",
    expect.stringContaining("unless the operator of this server allows that host"),
    "https://elsewhere.test/token",
    expect.stringContaining("unless the operator of this server allows that host"),
    expect.stringContaining("unless the operator of this server allows that host"),
    expect.stringContaining("http://elsewhere.test, which is not encrypted"),
    expect.stringContaining("http://id.test, which is not encrypted"),
  ]);
});
