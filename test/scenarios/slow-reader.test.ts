import { afterEach, expect, test } from "bun:test";
import type { CallerId } from "../../src/access/types.ts";
import type { ModelEvent } from "../../src/model/types.ts";
import { NativeConnection } from "../../src/protocols/native/connection.ts";
import type { ServerFrame } from "../../src/protocols/native/types.ts";
import { SessionRegistry } from "../../src/sessions/session-registry.ts";
import { type Specchat, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, type Script, USAGE } from "../support/scripted-model.ts";

let specchat: Specchat;
afterEach(() => specchat.stop());

/** Connects a socket whose buffer the test controls: `behind` bytes are still unsent. */
async function connect(script: Script) {
  specchat = await startSpecchat({ model: createScriptedModel(() => script) });
  const sessions = new SessionRegistry(specchat.app);
  const frames: ServerFrame[] = [];
  const closed: number[] = [];
  const socket = { behind: 0 };
  const replied = Promise.withResolvers<void>();
  const caller = { id: "anonymous:test" as CallerId, kind: "anonymous" } as const;
  const connection = new NativeConnection(
    specchat.app,
    sessions,
    { caller, address: "", fingerprint: "", credentials: {}, spender: { caller, address: "" } },
    {
      send(text) {
        frames.push(JSON.parse(text));
        if (frames.at(-1)?.type === "ai_response") replied.resolve();
      },
      ping() {},
      close: (code) => closed.push(code),
      bufferedBytes: () => socket.behind,
    },
  );
  /** Resolves when the event log has reached `seq`, whether or not it was sent. */
  async function waitForEvent(seq: number): Promise<void> {
    const [hello] = frames;
    const id = hello?.type === "connection_established" ? hello.session_id : "";
    const { eventLog } = await sessions.find(id, caller);
    while (eventLog.seq < seq) await Bun.sleep(1);
  }
  return { connection, frames, closed, socket, waitForEvent, replied: replied.promise };
}

const END: ModelEvent = { type: "end", stopReason: "end_turn", usage: USAGE };
const deltas = (count: number, text: string): ModelEvent[] =>
  Array.from({ length: count }, () => ({ type: "text", text }));

test("a slow client gets merged deltas with their sequence range and misses nothing", async () => {
  const [stall, drained] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { connection, frames, socket, waitForEvent, replied } = await connect([
    ...deltas(2, "a"),
    stall.promise,
    ...deltas(500, "b"),
    drained.promise,
    ...deltas(1, "c"),
    END,
  ]);
  connection.onMessage('{"message":"hi"}');
  while (frames.filter(({ type }) => type === "text_delta").length < 2) await Bun.sleep(1);
  socket.behind = 100_000;
  stall.resolve();
  await waitForEvent(503);
  const before = frames.length;
  socket.behind = 0;
  connection.onDrain();
  drained.resolve();
  await replied;
  expect(frames.slice(before)).toMatchObject([
    { type: "text_delta", first_seq: 4, seq: 503, text: "b".repeat(500) },
    { type: "text_delta", seq: 504, text: "c" },
    { type: "ai_response", seq: 505, message: `aa${"b".repeat(500)}c` },
  ]);
  connection.onClose();
});

test("a client that is too far behind is closed with 4008 and must resume", async () => {
  const gate = Promise.withResolvers<void>();
  const { connection, frames, closed, socket, waitForEvent } = await connect([
    ...deltas(1, "a"),
    gate.promise,
    ...deltas(20, "x".repeat(1_000_000)),
    END,
  ]);
  connection.onMessage('{"message":"hi"}');
  while (!frames.some(({ type }) => type === "text_delta")) await Bun.sleep(1);
  socket.behind = 100_000;
  gate.resolve();
  await waitForEvent(23);
  socket.behind = 0;
  connection.onDrain();
  expect([closed, frames.filter(({ type }) => type === "text_delta").length]).toEqual([[4008], 1]);
  connection.onClose();
});
