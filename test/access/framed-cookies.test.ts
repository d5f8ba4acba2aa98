import { expect, test } from "bun:test";
import { adaptCookies } from "../../src/access/framed-cookies.ts";

const MARK = "specchat_frame=1; Path=/; HttpOnly; Max-Age=34560000; Secure; SameSite=None; Partitioned";
const COOKIES = [
  "__Host-a=1; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=60",
  "b=2; Path=/; SameSite=Lax",
] as const;

function adapt(request: Readonly<Record<string, string>>, secure = true): readonly string[] {
  const response = new Headers();
  for (const cookie of COOKIES) response.append("set-cookie", cookie);
  adaptCookies(response, new Headers({ host: "chat.example", ...request }), secure);
  return response.getSetCookie();
}

const FRAME = { "sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site" };
const PARTITIONED = [
  "__Host-a=1; Path=/; HttpOnly; Max-Age=60; Secure; SameSite=None; Partitioned",
  "b=2; Path=/; Secure; SameSite=None; Partitioned",
];

test("Cookies of a frame of another site are partitioned, and a mark says so in later requests.", () => {
  expect(adapt(FRAME)).toEqual([...PARTITIONED, MARK]);
  expect(adapt({ cookie: "specchat_frame=1", "sec-fetch-site": "same-origin" })).toEqual(PARTITIONED);
  expect(adapt({ ...FRAME, host: "127.0.0.1:8000" }, false)).toEqual([...PARTITIONED, MARK]);
});

test("All other cookies stay as they are.", () => {
  expect(adapt({})).toEqual(COOKIES);
  expect(adapt({ ...FRAME, "sec-fetch-site": "same-site" })).toEqual(COOKIES);
  expect(adapt({ ...FRAME, "sec-fetch-dest": "document" })).toEqual(COOKIES);
  expect(adapt({ cookie: "x_specchat_frame=1" })).toEqual(COOKIES);
  // Browsers drop partitioned cookies of plain connections.
  expect(adapt(FRAME, false)).toEqual(COOKIES);
});
