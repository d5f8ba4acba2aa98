/** What the audit log records of arguments. */
import { expect, test } from "bun:test";
import { createArgumentRules } from "../../../src/access/audit/argument-rules.ts";

const VALUES = {
  id: 7,
  name: "Ada Lovelace",
  password: "hunter2!",
  address: { city: "London", lines: ["1", "2"] },
  items: [{ sku: "A-1", count: 2 }],
  big: 9007199254740993n,
  none: null,
};

test.each([
  ["none", undefined],
  ["names", { id: null, name: null, password: null, address: null, items: null, big: null, none: null }],
  [
    "masked",
    {
      id: "(number)",
      name: "(12 characters)",
      password: "(8 characters)",
      address: { city: "(6 characters)", lines: ["(1 characters)", "(1 characters)"] },
      items: [{ sku: "(3 characters)", count: "(number)" }],
      big: "(number)",
      none: null,
    },
  ],
  [
    "all",
    {
      ...VALUES,
      password: "(8 characters)",
      big: "9007199254740993",
    },
  ],
  ["id=all,none", { id: 7 }],
  [
    "address.city=all,names",
    {
      id: null,
      name: null,
      password: null,
      address: { city: "London", lines: null },
      items: null,
      big: null,
      none: null,
    },
  ],
  ["all,address=none,items.sku=masked,*=none,big=all", { big: "9007199254740993" }],
  [
    "all,password=all,address=none,items=none,name=none,big=none",
    { id: 7, password: "hunter2!", none: null },
  ],
] as const)("%s", (setting, recorded) => {
  expect(createArgumentRules(setting.split(","))(VALUES)).toEqual(recorded);
});

test("long texts and long arguments are cut", () => {
  const record = createArgumentRules(["all"]);
  expect(record({ text: "x".repeat(1001) })).toEqual({ text: `${"x".repeat(1000)}… (1001 characters)` });
  const many = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`name${index}`, "value"]));
  expect(record(many)).toMatch(/^\(\d+ characters\)$/);
});
