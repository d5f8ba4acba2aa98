/** A thread that asks a server as one person. It answers each order with the times so far: whom to ask, `start` and `stop`. */
import { NativeClient } from "../support/harness.ts";

/** What a person does: a ping of a socket, or a question until its complete answer, in a conversation of its own. */
export type Activity = "ping" | "turn";

/** Milliseconds between an answer and the next ping or question. */
const PAUSE_MS = 2;

interface Settings {
  readonly origin: string;
  readonly activity: Activity;
  readonly headers: Record<string, string>;
}

declare const self: Worker;

let client: NativeClient;
let activity: Activity;
let times: number[] = [];
let isStarted = false;
let asking: Promise<void> | undefined;

/** What is asked, and what comes before and is not timed. */
const ACTIVITIES: Readonly<Record<Activity, { prepare?(): Promise<unknown>; ask(): Promise<unknown> }>> = {
  ping: {
    async ask() {
      client.send({ type: "ping" });
      await client.waitFor("pong");
    },
  },
  turn: {
    // A turn costs more in a longer conversation.
    async prepare() {
      client.send({ type: "clear" });
      await client.waitFor("history_cleared");
    },
    async ask() {
      const end = (await client.runTurn("hello")).at(-1);
      if (end?.type === "error") throw new Error(JSON.stringify(end));
    },
  },
};

async function askRepeatedly(): Promise<void> {
  const { prepare, ask } = ACTIVITIES[activity];
  while (isStarted) {
    await prepare?.();
    const start = performance.now();
    await ask();
    times.push(performance.now() - start);
    await Bun.sleep(PAUSE_MS);
  }
}

self.onmessage = async ({ data }: MessageEvent<Settings | "start" | "stop">) => {
  if (typeof data === "object") {
    activity = data.activity;
    client = await NativeClient.connect(data.origin, data.headers);
  } else {
    isStarted = data === "start";
    // The last answer counts however late it is.
    await asking;
    if (isStarted) {
      times = [];
      asking = askRepeatedly();
    }
  }
  self.postMessage(times);
};
