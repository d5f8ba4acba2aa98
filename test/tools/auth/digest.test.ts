import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { answerDigestChallenge } from "../../../src/tools/auth/digest.ts";
import { readCredentials } from "../../../src/tools/auth/static-credentials.ts";
import { type RawRequest, startRawApi } from "../../support/raw-api.ts";
import { buildToolbox, createCall, createContext, createOperation } from "../fixtures.ts";

const mufasa = { type: "basic", username: "Mufasa", password: "Circle of Life" } as const;
const request = { method: "GET", url: "http://www.example.org/dir/index.html", headers: {}, body: null };
const cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

describe("answerDigestChallenge()", () => {
  // RFC 7616, section 3.9.1.
  const common =
    'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';

  test("computes the responses of RFC 7616", () => {
    const md5 = answerDigestChallenge(`Digest ${common}, algorithm=MD5`, mufasa, request, cnonce);
    expect(md5).toContain('response="8ca523f5e9506fed4657c9700eebdbec"');
    const sha256 = answerDigestChallenge(`Digest ${common}, algorithm=SHA-256`, mufasa, request, cnonce);
    expect(sha256).toBe(
      `Digest username="Mufasa", realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", uri="/dir/index.html", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="${cnonce}", response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
    );
  });

  test("computes the response of RFC 2617 without an algorithm", () => {
    const header =
      'Basic realm="x", Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"';
    const old = { ...mufasa, password: "Circle Of Life" };
    expect(answerDigestChallenge(header, old, request, "0a4f113b")).toContain(
      'response="6629fae49393a05397450978507c4ef1"',
    );
  });

  test("takes the first challenge that it can answer", () => {
    const header = `Digest realm="a", nonce="1", algorithm=NEW-512, Digest realm="b", nonce="2", algorithm=MD5`;
    expect(answerDigestChallenge(header, mufasa, request, cnonce)).toContain('realm="b"');
    expect(answerDigestChallenge('Basic realm="x"', mufasa, request, cnonce)).toBeUndefined();
    expect(answerDigestChallenge("", mufasa, request, cnonce)).toBeUndefined();
  });
});

const schemes = { meter: { type: "http", scheme: "digest" } } as const;
const operations = [createOperation({ operationId: "list", security: [{ meter: [] }] })];

/** Answers with 401 until a request has the right Digest response. */
function respond({ method, target, headers }: RawRequest) {
  const authorization = headers.authorization ?? "";
  const field = (name: string) => new RegExp(`[ ,]${name}="?([^",]+)`).exec(authorization)?.[1] ?? "";
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const secret = hash("reader:meters:s3:cret");
  const expected = hash(`${secret}:n0nce:00000001:${field("cnonce")}:auth:${hash(`${method}:${target}`)}`);
  if (authorization !== "" && field("response") === expected) return { body: '{"right":true}' };
  const challenge = 'Digest realm="meters", nonce="n0nce", qop="auth", algorithm=SHA-256';
  return { status: 401, headers: { "WWW-Authenticate": challenge }, body: "{}" };
}

test("a call answers the challenge with the credential, which is in no request", async () => {
  const api = await startRawApi(respond);
  const credentials = readCredentials(["meter: reader:s3:cret"], schemes);
  const call = async (method: string) =>
    await buildToolbox(
      operations.map((operation) => ({ ...operation, method })),
      { api: { baseUrl: `${api.url}/v1`, securitySchemes: schemes, credentials } },
    ).run(createCall("list"), createContext());
  expect(await call("GET")).toMatchObject({
    result: { status: "ok", content: '{"right":true}' },
  });
  expect(await call("POST")).toMatchObject({
    result: { status: "ok", content: '{"right":true}' },
  });
  expect(api.requests.map(({ method, headers }) => [method, headers.authorization?.split(" ")[0]])).toEqual([
    ["GET", undefined],
    ["GET", "Digest"],
    ["POST", undefined],
    ["POST", "Digest"],
  ]);
  expect(JSON.stringify(api.requests)).not.toContain("s3:cret");
  api.stop();
});

test("a wrong password is a failed result after one answer", async () => {
  const api = await startRawApi(respond);
  const credentials = readCredentials(["meter: reader:wrong"], schemes);
  const toolbox = buildToolbox(operations, {
    api: { baseUrl: api.url, securitySchemes: schemes, credentials },
  });
  expect(await toolbox.run(createCall("list"), createContext())).toMatchObject({
    result: { status: "failed", httpStatus: 401 },
  });
  expect(api.requests).toHaveLength(2);
  api.stop();
});

test("a Digest credential must be a user name and a password", () => {
  expect(() => readCredentials(["meter: s3cret"], schemes)).toThrow(
    '"meter" (http) takes the token, or user:password for basic and digest',
  );
});
