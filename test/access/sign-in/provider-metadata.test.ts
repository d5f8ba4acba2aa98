/** The metadata of the OpenID provider, which decide where secrets and tokens are sent. */
import { expect, test } from "bun:test";
import { ProviderMetadata } from "../../../src/access/sign-in/provider-metadata.ts";

const TOKEN_PATH = "/token";

/** Reads metadata with this token endpoint. Returns the problem, and the addresses that were requested. */
async function read(issuer: string, tokenEndpoint: string) {
  const requested: string[] = [];
  const metadata = new ProviderMetadata(
    { issuer, clientId: "specchat", clientSecret: "secret", clientAuth: undefined },
    {
      fetch: async (url) => {
        requested.push(url);
        return Response.json({ issuer, token_endpoint: tokenEndpoint, jwks_uri: `${issuer}/jwks` });
      },
      now: () => 0,
      onUnreachable: () => {},
    },
  );
  const problem = await metadata.connect().then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { problem, requested };
}

const PLAIN = "http://127.0.0.1:9";
const ENCRYPTED = "https://login.example.com";

test.each([
  [PLAIN, `${PLAIN}${TOKEN_PATH}`],
  [PLAIN, "https://login.example.com/token"],
  [ENCRYPTED, `${ENCRYPTED}${TOKEN_PATH}`],
  [ENCRYPTED, "https://tokens.example.com/token"],
])("A provider at %s may have its token endpoint at %s.", async (issuer, endpoint) => {
  const { problem, requested } = await read(issuer, endpoint);
  expect(problem).toBeUndefined();
  expect(requested).toEqual([`${issuer}/.well-known/openid-configuration`]);
});

test.each(["http://login.example.com/token", "http://127.0.0.1:10/token"])(
  "A plain provider on loopback must not have its token endpoint at %s.",
  async (endpoint) => {
    const { problem } = await read(PLAIN, endpoint);
    expect(problem).toBe(
      `the metadata of the provider name ${new URL(endpoint).origin}, which is not encrypted`,
    );
  },
);
