/** The metadata of the OpenID provider, which decide where secrets and tokens are sent. */
import { expect, test } from "bun:test";
import { ProviderMetadata } from "../../../src/access/sign-in/provider-metadata.ts";

const PLAIN = "http://127.0.0.1:9";
const ENCRYPTED = "https://login.example.com";

type Endpoints = Readonly<Record<string, string>>;

/** Reads metadata with these endpoints. Returns the problem that is logged, and the addresses that were requested. */
async function read(issuer: string, endpoints: Endpoints, allowedHosts: readonly string[] = []) {
  const requested: string[] = [];
  const logged: string[] = [];
  const metadata = new ProviderMetadata(
    { issuer, clientId: "specchat", clientSecret: "secret", clientAuth: undefined, allowedHosts },
    {
      fetch: async (url) => {
        requested.push(url);
        const own = { token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` };
        return Response.json({ issuer, ...own, ...endpoints });
      },
      now: () => 0,
      onFailure: ({ problem, message }) => logged.push(`${problem}: ${message}`),
    },
  );
  const isRead = await metadata.connect().then(
    () => true,
    () => false,
  );
  expect(requested).toEqual([`${issuer}/.well-known/openid-configuration`]);
  expect(isRead).toBe(logged.length === 0);
  return logged[0];
}

const ELSEWHERE = "failed: the metadata of the provider name endpoints on other hosts than the issuer's:";

test.each([PLAIN, ENCRYPTED])("a provider at %s has its endpoints at its own origin", async (issuer) => {
  const at = (path: string) => `${issuer}${path}`;
  expect(
    await read(issuer, {
      authorization_endpoint: at("/authorize"),
      userinfo_endpoint: at("/me"),
      end_session_endpoint: at("/end"),
    }),
  ).toBeUndefined();
});

test.each([
  "authorization_endpoint",
  "token_endpoint",
  "userinfo_endpoint",
  "end_session_endpoint",
  "jwks_uri",
])("the %s is on another host only when the host is allowed", async (name) => {
  const endpoints = { [name]: "https://other.example.com/path" };
  const refusal = `${ELSEWHERE} ${name} on other.example.com. Nothing is sent there. If they belong to the provider, set --oidc-allowed-hosts other.example.com`;
  expect({
    unlisted: await read(ENCRYPTED, endpoints),
    listed: await read(ENCRYPTED, endpoints, ["other.example.com"]),
    parent: await read(ENCRYPTED, endpoints, ["example.com"]),
    otherPort: await read(ENCRYPTED, endpoints, ["other.example.com:8443"]),
    plainIssuer: await read(PLAIN, endpoints),
  }).toEqual({
    unlisted: refusal,
    listed: undefined,
    parent: refusal,
    otherPort: refusal,
    plainIssuer: refusal,
  });
});

test.each([
  ["https://login.example.com:8443/token", "login.example.com:8443"],
  ["https://login.example.com.evil.test/token", "login.example.com.evil.test"],
  ["https://login.example.com@evil.test/token", "evil.test"],
  ["https://sub.login.example.com/token", "sub.login.example.com"],
])("the token endpoint %s is on another host than the issuer's", async (endpoint, host) => {
  expect(await read(ENCRYPTED, { token_endpoint: endpoint })).toStartWith(
    `${ELSEWHERE} token_endpoint on ${host}.`,
  );
});

test("all hosts that are missing are named at once, each once", async () => {
  const endpoints = {
    token_endpoint: "https://tokens.example.com/token",
    userinfo_endpoint: "https://users.example.com/me",
    end_session_endpoint: "https://tokens.example.com/end",
  };
  expect(await read(ENCRYPTED, endpoints)).toEndWith(
    "set --oidc-allowed-hosts tokens.example.com,users.example.com",
  );
});

test("a plain endpoint elsewhere is for loopback only, even on an allowed host", async () => {
  const readPlain = async (host: string, allowedHosts: readonly string[]) =>
    await read(PLAIN, { token_endpoint: `http://${host}/token` }, allowedHosts);
  expect({
    remote: await readPlain("login.example.com", ["login.example.com"]),
    loopback: await readPlain("127.0.0.1:10", ["127.0.0.1:10"]),
    unlisted: await readPlain("127.0.0.1:10", []),
  }).toEqual({
    remote: "failed: the metadata of the provider name http://login.example.com, which is not encrypted",
    loopback: undefined,
    unlisted: `${ELSEWHERE} token_endpoint on 127.0.0.1:10. Nothing is sent there. If they belong to the provider, set --oidc-allowed-hosts 127.0.0.1:10`,
  });
});
