/** Mutated frames of the WebSocket protocols: each gets an answer in time, and the socket goes on. */
import fc from "fast-check";
import { type JsonFrame, SocketClient } from "../../support/socket-client.ts";
import { type Mutation, mutate, mutations, textChange } from "./mutation.ts";
import { APPROVAL, SESSION } from "./seed-bodies.ts";
import { SEED_FRAMES } from "./seed-frames.ts";
import { inTime, type Surface } from "./surface.ts";
import type { Target } from "./target.ts";

type Protocol = keyof typeof SEED_FRAMES;

interface FrameChange {
  readonly seed: object;
  readonly changes: readonly Mutation[] | null;
  readonly change: ((text: string) => string) | null;
}

interface FrameCase {
  readonly protocol: Protocol;
  readonly frames: readonly FrameChange[];
}

interface ProtocolRules {
  readonly path: string;
  /** Returns whether a frame answers one of the client, and is the last of it. */
  isAnswer(frame: JsonFrame): boolean;
  /** Returns whether the protocol may be silent about a frame. */
  mayBeSilent(text: string): boolean;
  readonly probe?: { readonly frame: object; isAnswer(frame: JsonFrame): boolean };
}

const RULES: Readonly<Record<Protocol, ProtocolRules>> = {
  native: {
    path: "/bedrock-chat/ws",
    isAnswer: ({ type }) =>
      !["pong", "typing", "text_delta", "tool_call", "tool_result", "notice"].includes(type),
    mayBeSilent: isSilentNativeFrame,
    probe: { frame: { type: "ping" }, isAnswer: ({ type }) => type === "pong" },
  },
  dashboard: {
    path: "/ws",
    isAnswer: ({ type }) => !["initial_data", "event_stream", "chat.message_stream"].includes(type),
    mayBeSilent: () => false,
    probe: { frame: { id: "probe", type: "ping" }, isAnswer: ({ id }) => id === "probe" },
  },
  completions: {
    path: "/ws/chat/completions",
    isAnswer: ({ type }) => type === "end" || type === "error",
    mayBeSilent: () => false,
  },
};

export function createFrames(target: Target): Surface<FrameCase> {
  const frame = (protocol: Protocol): fc.Arbitrary<FrameChange> =>
    fc.record({
      seed: fc.constantFrom(...SEED_FRAMES[protocol]),
      changes: fc.option(mutations, { freq: 5 }),
      change: fc.option(textChange, { freq: 8 }),
    });
  return {
    name: `frames${target.suffix}`,
    share: 0.05,
    cases: fc.constantFrom<Protocol>("native", "dashboard", "completions").chain((protocol) =>
      fc.record({
        protocol: fc.constant(protocol),
        frames: fc.array(frame(protocol), { minLength: 1, maxLength: 3 }),
      }),
    ),
    describe: ({ protocol, frames }) => `${protocol}\n${frames.map(write).join("\n")}`,
    async check({ protocol, frames }) {
      const rules = RULES[protocol];
      const client = await SocketClient.connect(target.url, rules.path, target.headers);
      const closed = client.closed.then(({ code, reason }) => {
        throw new Error(`the socket was closed with ${code} ${reason}`);
      });
      closed.catch(() => undefined);
      try {
        for (const frame of frames) {
          const text = fillIn(write(frame), client.frames);
          await inTime(
            Promise.race([closed, sendFrame(client, rules, text)]),
            `${protocol} ${text.slice(0, 300)}`,
          );
        }
        const internal = client.frames.find(isInternal);
        if (internal) throw new Error(`an internal error: ${JSON.stringify(internal).slice(0, 500)}`);
      } finally {
        client.terminate();
      }
      await target.verify();
    },
  };
}

function write({ seed, changes, change }: FrameChange): string {
  const text = JSON.stringify(changes ? mutate(seed, changes) : seed) ?? "";
  return change ? change(text) : text;
}

/** Replaces the ids of seeds by those of the connection. */
function fillIn(text: string, frames: readonly JsonFrame[]): string {
  const approval = frames.findLast(({ approval_id }) => approval_id !== undefined)?.approval_id;
  const session = frames.find(({ session_id }) => session_id !== undefined)?.session_id;
  return text.replaceAll(APPROVAL, approval ?? APPROVAL).replaceAll(SESSION, session ?? SESSION);
}

/** Resolves when the frame is answered, and a probe after it. */
async function sendFrame(client: SocketClient, rules: ProtocolRules, text: string): Promise<void> {
  const before = client.frames.length;
  const hasNew = (isAnswer: (frame: JsonFrame) => boolean) => client.frames.slice(before).some(isAnswer);
  client.send(text);
  if (!rules.mayBeSilent(text)) await client.waitUntil(() => hasNew(rules.isAnswer));
  const { probe } = rules;
  if (!probe) return;
  client.send(probe.frame);
  await client.waitUntil(() => hasNew(probe.isAnswer));
}

/** Frames that get no answer of their own: blank and repeated messages, what the client can do, and a stop without a turn. */
function isSilentNativeFrame(text: string): boolean {
  const frame = parseFrame(text);
  if (["hello", "stop", "ping", "approve", "logout"].includes(frame?.type)) return true;
  const { message, id } = frame ?? {};
  return id !== undefined || (typeof message === "string" && message.trim() === "");
}

function parseFrame(text: string): JsonFrame {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isInternal({ code, error }: JsonFrame): boolean {
  return code === "internal" || error?.category === "internal" || error?.code === "internal";
}
