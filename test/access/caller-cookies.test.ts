import { expect, test } from "bun:test";
import { CallerCookies } from "../../src/access/caller-cookies.ts";

const HOUR = 3_600_000;
let now = Date.parse("2026-01-01T00:00:00Z");
const create = (retentionHours = 720, key = "a key") =>
  new CallerCookies({ key, retentionHours, now: () => now });

/** Returns the name and value of a new cookie. */
function issue(cookies: CallerCookies, secure = false, header: string | null = null): string {
  return cookies.issue(header, secure)?.setCookie.split(";")[0] ?? "";
}

test.each([
  [720, 2_592_000],
  [0.001, 4],
  [1, 3600],
  [1_000_000, 34_560_000],
])("With a retention of %d hours, the cookie lasts for %d seconds.", (hours, seconds) => {
  expect(create(hours).issue(null, false)?.setCookie).toContain(`; Max-Age=${seconds};`);
});

test("A cookie that this key did not sign is nobody's, and is not signed afterwards.", () => {
  const known = issue(create());
  const foreign = [
    issue(create(720, "another key")),
    "specchat_caller=x",
    known.slice(0, -1),
    `${known}0`,
    known.replace("specchat_caller=", "specchat_caller=a"),
  ];
  for (const header of foreign) {
    expect(create().read(header, false)).toMatchObject({ kind: "anonymous" });
    const value = /=([^.]+)/.exec(header)?.[1] ?? "";
    expect(create().issue(header, false)?.setCookie).not.toContain(`=${value}.`);
  }
  expect(create().read(known, false)).toMatchObject({ kind: "browser", issuedAt: now });
});

test("A visit after a day renews the cookie of the same browser, which keeps the time of its first visit.", () => {
  const cookies = create();
  const first = issue(cookies);
  const caller = cookies.read(first, false);
  now += 23 * HOUR;
  expect(cookies.issue(first, false)).toBeUndefined();
  now += 2 * HOUR;
  const renewed = issue(cookies, false, first);
  expect([renewed === first, cookies.read(renewed, false)]).toEqual([false, caller]);
});

test("An encrypted connection has a name of its own. Of two names, neither is taken for the other.", () => {
  const cookies = create();
  const [plain, secure] = [issue(cookies), issue(cookies, true)];
  expect(secure).toStartWith("__Host-specchat_caller=");
  const both = `${plain}; ${secure}`;
  expect(cookies.read(both, true)).toEqual(cookies.read(secure, true));
  expect(cookies.read(both, false)).toEqual(cookies.read(plain, false));
  expect(cookies.read(plain, true).kind).toBe("anonymous");
});
