import { describe, expect, test } from "bun:test";
import { ownerSpender, userCaller } from "../../../src/access/caller.ts";
import { chargesFor, failureCharges } from "../../../src/access/limits/charges.ts";
import type { LimitTable } from "../../../src/access/limits/types.ts";
import type { Caller, CallerId, Identity } from "../../../src/access/types.ts";
import { formatLimit, parseLimits } from "../../../src/config/limits.ts";

const DAY = 86_400_000;
const TABLE: LimitTable = {
  caller: parseLimits("10/minute,2 turns"),
  key: parseLimits("5 USD/day"),
  organization: parseLimits("1000 tokens/month"),
  address: parseLimits("20/minute"),
  server: parseLimits("9 turns"),
  failures: parseLimits("60/minute,100/day"),
};
const ann: Identity = { user: "ann", organization: "acme", roles: [], method: "api-key", keyName: "ci" };
const browser = (name: string, issuedAt?: number): Caller => ({
  id: `browser:${name}` as CallerId,
  kind: "browser",
  ...(issuedAt !== undefined && { issuedAt }),
});

/** Returns each charge as `scope kind subject share`. */
function describeCharges(caller: Caller, address = "192.0.2.1", own = "", table = TABLE): readonly string[] {
  const roleLimits = own === "" ? [] : parseLimits(own);
  return chargesFor({ caller, address }, table, roleLimits, DAY).map(
    ({ scope, rule, subject, share }) => `${scope} ${rule.kind} ${rule.amount} ${subject} ${share}`,
  );
}

describe("chargesFor()", () => {
  test("counts an authenticated user as the user, the key, the organization, the address and the server.", () => {
    const caller = userCaller(ann);
    const organization = describeCharges(caller)[3]?.split(" ")[3];
    expect(organization).toMatch(/^organization:[\w-]+$/);
    expect(describeCharges(caller)).toEqual([
      `caller requests 10 caller:${caller.id} 1`,
      `caller turns 2 caller:${caller.id} 1`,
      `key usd 5 key:${organization?.replace("organization:", "")}:ci 1`,
      `organization tokens 1000 ${organization} 1`,
      "address requests 20 address:192.0.2.1 1",
      "server turns 9 server 1",
    ]);
  });

  test("counts equal users of two organizations on their own, and two users of one organization together.", () => {
    const subjects = (identity: Identity) =>
      describeCharges(userCaller(identity)).map((charge) => charge.split(" ")[3]);
    const [here, there, bob] = [
      subjects(ann),
      subjects({ ...ann, organization: "other" }),
      subjects({ ...ann, user: "bob" }),
    ];
    expect([0, 2, 3].map((index) => here[index] === there[index])).toEqual([false, false, false]);
    expect([here[0] === bob[0], here[3] === bob[3], here[2] === bob[2]]).toEqual([false, true, true]);
  });

  test("counts a turn that goes on in another process as the user, whatever user name its session has.", () => {
    const { id } = userCaller(ann);
    const { caller } = ownerSpender(`${id}/langchain:5d41402abc4b2a76b9719d911017c592` as CallerId, ann);
    expect(describeCharges(caller, "").slice(0, 3)).toEqual(describeCharges(userCaller(ann), "").slice(0, 3));
  });

  test("counts a new browser as its network, and a known one on its own and with the others of its network.", () => {
    const rules = { ...TABLE, caller: parseLimits("10/minute"), address: [], server: [] };
    expect(describeCharges(browser("new", DAY - 59_999), "192.0.2.1", "", rules)).toEqual([
      "caller requests 10 network:192.0.2.1 1",
    ]);
    expect(describeCharges(browser("known", DAY - 60_000), "192.0.2.1", "", rules)).toEqual([
      "caller requests 10 caller:browser:known 1",
      "caller requests 10 browsers:192.0.2.1 20",
    ]);
    expect(describeCharges(browser("invented"), "2001:db8:1:2:3::4", "", rules)).toEqual(
      describeCharges(browser("other"), "2001:db8:1:2:ffff::1", "", rules),
    );
  });

  test("knows a browser for each limit by its own period.", () => {
    const rules = { ...TABLE, caller: parseLimits("10/minute,100/day"), address: [], server: [] };
    expect(describeCharges(browser("ann", DAY - 3_600_000), "192.0.2.1", "", rules)).toEqual([
      "caller requests 10 caller:browser:ann 1",
      "caller requests 10 browsers:192.0.2.1 20",
      "caller requests 100 network:192.0.2.1 1",
    ]);
  });

  test("replaces a kind of limit by that of the roles, and keeps the others.", () => {
    const caller = userCaller(ann);
    expect(describeCharges(caller, "", "50/minute,500/day").slice(0, 3)).toEqual([
      `caller turns 2 caller:${caller.id} 1`,
      `caller requests 50 caller:${caller.id} 1`,
      `caller requests 500 caller:${caller.id} 1`,
    ]);
  });
});

test("failureCharges() has the lowest rate of each period, for the network of the address.", () => {
  const limitsOf = (address: string) =>
    failureCharges(address, TABLE).map(({ subject, rule }) => [subject, formatLimit(rule)]);
  expect(limitsOf("2001:db8::1")).toEqual([
    ["failures:2001:db8:0:0::/64", "20/minute"],
    ["failures:2001:db8:0:0::/64", "100/day"],
  ]);
  expect(limitsOf("")).toEqual([]);
});
