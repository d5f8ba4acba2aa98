import { expect, test } from "bun:test";
import { NOTHING_SPOKEN, speak } from "../../ui/spoken.ts";
import { createReply } from "../../ui/state/reply.ts";
import type { Reply } from "../../ui/state/types.ts";

const reply = (status: Reply["status"], ...texts: readonly string[]): Reply => ({
  ...createReply("r"),
  status,
  parts: texts.map((text) => ({ type: "text", text })),
});
const read = (...states: readonly Reply[]) =>
  states.reduce(speak, NOTHING_SPOKEN).sentences.map(({ text }) => text);

test("`speak()` reads each sentence once, when it is finished, and the rest at the end", () => {
  const states = ["1. On", "1. One is 2.", "1. One is 2.5. Two", "1. One is 2.5. Two"].map((text) =>
    reply("running", text),
  );
  expect(read(...states)).toEqual(["One is 2.5."]);
  expect(read(...states, reply("done", "1. One is 2.5. Two"))).toEqual(["One is 2.5.", "Two"]);
  expect(read(reply("running", "First", "次は。その"))).toEqual(["First", "次は。"]);
});

test("`speak()` leaves out syntax and code, and keeps the text between", () => {
  const text =
    "> ## A *b* snake_case <b>c</b>[^1]\n- [x] ![d](e.png)\n~~~\ncode. More.\n~~~\n| f | g |\n| - | - |\n";
  expect(read(reply("running", text)).join(" ")).toBe("A b snake_case c d f, g");
});

test("`speak()` reads nothing of a reply that was complete before, and nothing after it is gone", () => {
  const done = reply("done", "Old.");
  expect(speak(NOTHING_SPOKEN, done)).toBe(NOTHING_SPOKEN);
  const spoken = speak(NOTHING_SPOKEN, reply("running", "New. "));
  expect(speak(spoken, reply("running", "New. "))).toBe(spoken);
  expect(speak(spoken, undefined)).toBe(NOTHING_SPOKEN);
});

test("`speak()` reads a long sentence once it ends, and finds its end in what arrived last", () => {
  const long = "word ".repeat(1000).trim();
  expect(read(reply("running", long), reply("running", `${long}. Next`))).toEqual([`${long}.`]);
});
