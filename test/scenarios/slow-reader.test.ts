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

/** A socket whose other end reads as the test says: `behind` bytes are still on their way. */
async function connect(script: Script) {
  specchat = await startSpecchat({ model: createScriptedModel(() => script) });
  const sessions = new SessionRegistry(specchat.app);
  const frames: ServerFrame[] = [];
  const closed: number[] = [];
  const socket = { behind: 0 };
  const told = Promise.withResolvers<void>();
  const caller = { id: "anonymous:test" as CallerId, kind: "anonymous" } as const;
  const connection = new NativeConnection(
    specchat.app,
    sessions,
    { caller, address: "", fingerprint: "", credentials: {} },
    {
      send(text) {
        frames.push(JSON.parse(text));
        if (frames.at(-1)?.type === "ai_response") told.resolve();
      },
      ping() {},
      close: (code) => closed.push(code),
      bufferedBytes: () => socket.behind,
    },
  );
  /** Resolves when that much has happened, whether or not it was sent. */
  async function happened(seq: number): Promise<void> {
    const [hello] = frames;
    const id = hello?.type === "connection_established" ? hello.session_id : "";
    const { eventLog } = await sessions.find(id, caller);
    while (eventLog.seq < seq) await Bun.sleep(1);
  }
  return { connection, frames, closed, socket, happened, told: told.promise };
}

const END: ModelEvent = { type: "end", stopReason: "end_turn", usage: USAGE };
const deltas = (count: number, text: string): ModelEvent[] =>
  Array.from({ length: count }, () => ({ type: "text", text }));

test("a client that reads slowly gets merged deltas that say what they stand for, and misses nothing", async () => {
  const [stall, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { connection, frames, socket, happened, told } = await connect([
    ...deltas(2, "a"),
    stall.promise,
    ...deltas(500, "b"),
    goOn.promise,
    ...deltas(1, "c"),
    END,
  ]);
  connection.onMessage('{"message":"hi"}');
  while (frames.filter(({ type }) => type === "text_delta").length < 2) await Bun.sleep(1);
  socket.behind = 100_000;
  stall.resolve();
  await happened(503);
  const before = frames.length;
  socket.behind = 0;
  connection.onDrain();
  goOn.resolve();
  await told;
  expect(frames.slice(before)).toMatchObject([
    { type: "text_delta", first_seq: 4, seq: 503, text: "b".repeat(500) },
    { type: "text_delta", seq: 504, text: "c" },
    { type: "ai_response", seq: 505, message: `aa${"b".repeat(500)}c` },
  ]);
  connection.onClose();
});

test("one that is so far behind that its story is gone is closed with 4008, which says: resume", async () => {
  const gate = Promise.withResolvers<void>();
  const { connection, frames, closed, socket, happened } = await connect([
    ...deltas(1, "a"),
    gate.promise,
    ...deltas(20, "x".repeat(1_000_000)),
    END,
  ]);
  connection.onMessage('{"message":"hi"}');
  while (!frames.some(({ type }) => type === "text_delta")) await Bun.sleep(1);
  socket.behind = 100_000;
  gate.resolve();
  await happened(23);
  socket.behind = 0;
  connection.onDrain();
  expect([closed, frames.filter(({ type }) => type === "text_delta").length]).toEqual([[4008], 1]);
  connection.onClose();
});
