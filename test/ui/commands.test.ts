import { describe, expect, test } from "bun:test";
import { filterCommands, findSlashCommands } from "../../ui/commands/commands.ts";
import { isComposing } from "../../ui/commands/input-method.ts";
import { listMessages, recallMessage } from "../../ui/commands/recall.ts";
import { findShortcut } from "../../ui/commands/shortcuts.ts";
import type { ToolFrame } from "../../ui/protocol.ts";
import { groupTools } from "../../ui/tools/tool-groups.ts";

const press = (keys: string) => {
  const parts = keys.split(" ");
  const key = parts.at(-1) ?? "";
  const has = (name: string) => parts.slice(0, -1).includes(name);
  const code = key === "?" || key === "/" ? "Slash" : "";
  return {
    key,
    code,
    ctrlKey: has("Ctrl"),
    metaKey: has("Meta"),
    altKey: has("Alt"),
    shiftKey: has("Shift"),
  };
};

describe("findShortcut()", () => {
  test.each([
    ["Ctrl k", "palette", "palette"],
    ["Meta K", "palette", "palette"],
    ["Ctrl Alt k", undefined, undefined],
    ["Ctrl /", "shortcuts", "shortcuts"],
    ["Ctrl Shift O", "new", "new"],
    ["Shift ?", undefined, "shortcuts"],
    ["/", undefined, "focus"],
    ["Alt ?", undefined, undefined],
    ["k", undefined, undefined],
  ] as const)("%s is %s in a field and %s elsewhere", (keys, inField, elsewhere) => {
    expect([findShortcut(press(keys), true, true), findShortcut(press(keys), false, true)]).toEqual([
      inField,
      elsewhere,
    ]);
  });

  test("has no single keys when they are switched off", () => {
    expect(["Shift ?", "/", "Ctrl k"].map((keys) => findShortcut(press(keys), false, false))).toEqual([
      undefined,
      undefined,
      "palette",
    ]);
  });
});

test("isComposing() knows the key that Safari sends after a composition", () => {
  expect(isComposing({ isComposing: false, keyCode: 229 })).toBe(true);
  expect(isComposing({ isComposing: true, keyCode: 13 })).toBe(true);
  expect(isComposing({ isComposing: false, keyCode: 13 })).toBe(false);
});

describe("commands", () => {
  const run = () => {};
  const commands = [
    { name: "new", title: "New conversation", run },
    { name: "conversations", title: "Show or hide the conversations", run },
    { name: undefined, title: "Open News", run },
  ];
  const titles = (text: string) => filterCommands(commands, text).map(({ title }) => title);

  test("are found by every word, those that begin with it first", () => {
    expect(titles("")).toHaveLength(3);
    expect(titles("conv")).toEqual(["Show or hide the conversations", "New conversation"]);
    expect(titles("hide CONV")).toEqual(["Show or hide the conversations"]);
    expect(titles("none")).toEqual([]);
  });

  test("follow a slash at the begin of a message, by their names", () => {
    const names = (text: string) => findSlashCommands(commands, text).map(({ name }) => name);
    expect(names("/")).toEqual(["new", "conversations"]);
    expect(names("/N")).toEqual(["new", "conversations"]);
    expect(["/etc/hosts", "/new one", " /new", "a/new", ""].flatMap(names)).toEqual([]);
  });
});

describe("recallMessage()", () => {
  const messages = ["one", "two\nlines"];
  const up = (text: string, at: number | undefined, cursor = text.length) =>
    recallMessage(messages, "ArrowUp", text, at, cursor);
  const down = (text: string, at: number | undefined, cursor = text.length) =>
    recallMessage(messages, "ArrowDown", text, at, cursor);

  test("goes back from the latest, and forward to the empty field", () => {
    expect(up("", undefined)).toEqual({ at: 1, text: "two\nlines" });
    expect(up("two\nlines", 1, 2)).toEqual({ at: 0, text: "one" });
    expect(up("one", 0)).toBeUndefined();
    expect(down("one", 0)).toEqual({ at: 1, text: "two\nlines" });
    expect(down("two\nlines", 1)).toEqual({ at: undefined, text: "" });
  });

  test("leaves what the person writes, and moves the cursor between lines", () => {
    expect(up("draft", undefined)).toBeUndefined();
    expect(up("two\nlines, changed", 1)).toBeUndefined();
    expect(up("two\nlines", 1)).toBeUndefined();
    expect(down("two\nlines", 1, 2)).toBeUndefined();
    expect(down("", undefined)).toBeUndefined();
  });

  test("has no message twice in a row", () => {
    expect(listMessages(["a", "a", "b", "", "a"])).toEqual(["a", "b", "a"]);
  });
});

test("groupTools() groups by the first tag, filters by words, and has tools without a tag last", () => {
  const tool = (name: string, more: Partial<ToolFrame> = {}): ToolFrame => ({
    ...{ name, tags: [], read_only: true, needs_approval: false, ...more },
  });
  const tools = [
    tool("ping"),
    tool("listOrders", { tags: ["orders"], summary: "List orders", method: "GET", path: "/orders" }),
    tool("notes", { source: "notes.tool.ts" }),
  ];
  const titles = (text: string) =>
    groupTools(tools, text).map(({ title, tools: members }) => [title, ...members.map(({ name }) => name)]);
  expect(titles("")).toEqual([
    ["orders", "listOrders"],
    ["notes.tool.ts", "notes"],
    ["", "ping"],
  ]);
  expect(titles("get ORDERS")).toEqual([["orders", "listOrders"]]);
  expect(titles("none")).toEqual([]);
});
