import { expect, test } from "bun:test";
import { SessionCookies } from "../../../src/access/sign-in/session-cookies.ts";

const cookies = new SessionCookies("a secret of all replicas", "/base/account");
const request = { cookies: null, secure: true, publicUrl: "https://chat.example/prefix" };

const randomText = (length: number) =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(length)))
    .toString("base64url")
    .slice(0, length);

/** Returns the Cookie header that a browser sends after these Set-Cookie headers. */
const toHeader = (setCookies: readonly string[] = []) =>
  setCookies.map((line) => line.split(";")[0] ?? "").join("; ");

test.each([
  [1000, 500, 1, true],
  [3000, 1500, 2, true],
  [4000, 3000, 2, false],
])(
  "A refresh token of %d and an ID token of %d characters take %d cookies.",
  async (refresh, id, count, hasIdToken) => {
    const grant = { refreshToken: randomText(refresh), idToken: randomText(id), signedInAt: 1 };
    const written = await cookies.writeRenewal(request, grant, 60);
    expect(written?.length).toBe(count);
    for (const line of written ?? []) {
      expect(line.split(";")[0]?.length).toBeLessThan(4096);
      expect(line).toEndWith("; Path=/prefix/base/account; Max-Age=60; Secure; HttpOnly; SameSite=Lax");
      expect(line).toStartWith("__Secure-specchat_renewal");
    }
    const { idToken, ...rest } = grant;
    const read = await cookies.readRenewal({ secure: true, cookies: toHeader(written) });
    expect(read).toEqual(hasIdToken ? grant : rest);
  },
);

test("A refresh token that fits into no cookies is not kept.", async () => {
  expect(
    await cookies.writeRenewal(request, { refreshToken: randomText(8000), signedInAt: 1 }, 60),
  ).toBeUndefined();
});

test("A shorter value removes the parts of the longer one before, and a missing part opens nothing.", async () => {
  const long = await cookies.writeRenewal(request, { refreshToken: randomText(5000), signedInAt: 1 }, 60);
  const header = toHeader(long);
  expect(await cookies.readRenewal({ secure: true, cookies: header.split("; ")[0] ?? "" })).toBeUndefined();
  const short = await cookies.writeRenewal(
    { ...request, cookies: header },
    { refreshToken: "r", signedInAt: 1 },
    60,
  );
  expect(short?.map((line) => [line.split("=")[0], line.includes("Max-Age=0")])).toEqual([
    ["__Secure-specchat_renewal", false],
    ["__Secure-specchat_renewal_1", true],
  ]);
});

test("Sign-ins under way are few: the sixth removes those before.", async () => {
  let header = "";
  const flow = (state: string) => ({
    secrets: { state, nonce: "n", verifier: "v" },
    redirectUri: "https://chat.example/cb",
    returnPath: "/",
    isSilent: false,
    startedAt: 1,
  });
  for (const state of ["a", "b", "c", "d", "e"])
    header = [header, toHeader(await cookies.writeFlow({ ...request, cookies: header }, flow(state)))]
      .filter(Boolean)
      .join("; ");
  expect(await cookies.readFlow({ secure: true, cookies: header }, "a")).toEqual(flow("a"));
  const sixth = await cookies.writeFlow({ ...request, cookies: header }, flow("f"));
  expect(sixth.filter((line) => line.includes("Max-Age=0")).length).toBe(5);
  expect(sixth.filter((line) => line.includes("Max-Age=600")).length).toBe(1);
});

test.each([
  [3500, true],
  [4500, false],
])("An access token of %d characters is kept: %p.", async (length, isKept) => {
  const grant = { accessToken: randomText(length), user: "ada", organization: "acme", signedInAt: 0 };
  const written = await cookies.writeAccessToken(request, grant, 900);
  expect(written !== undefined).toBe(isKept);
  const read = await cookies.readAccessToken({ cookies: toHeader(written), secure: true });
  expect(read).toEqual(isKept ? grant : undefined);
});

test("A token that a header cannot carry is not kept.", async () => {
  const grant = { accessToken: "a token\r\nX-Other: 1", user: "ada", signedInAt: 0 };
  expect(await cookies.writeAccessToken(request, grant, 900)).toBeUndefined();
});
