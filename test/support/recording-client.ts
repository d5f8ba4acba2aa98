/** A client of one session that survives crashes of the server, and what is wrong with what it saw. */
import type { HistoryMessage, ServerFrame } from "../../src/protocols/native/types.ts";
import { NativeClient } from "./harness.ts";

const RETRY_MS = 50;
const MAX_ATTEMPTS = 600;

/** Records what it saw over all its connections. */
export class RecordingClient {
  readonly sent: string[] = [];
  readonly started = new Set<string>();
  readonly completed = new Set<string>();
  readonly problems: string[] = [];
  session = "";
  lastSeq = 0;
  #client: NativeClient | undefined;
  #processedCount = 0;

  /** Continues the session. Waits for a store that comes back. @throws Error when the session cannot be continued. */
  async connect(url: string): Promise<void> {
    const client = await NativeClient.connect(url);
    this.#client = client;
    this.#processedCount = 0;
    const { session_id } = await client.waitFor("connection_established");
    // Nothing was acknowledged on the previous connections, so their session may not exist. An error may have been sent.
    if (this.started.size === 0) {
      this.session = session_id;
      this.lastSeq = 0;
    } else await this.#resume(client);
    client.send({ type: "ping" });
    await client.waitFor("pong");
    this.processNewFrames();
  }

  async #resume(client: NativeClient): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      client.send({ type: "resume", session_id: this.session, last_seq: this.lastSeq });
      const reply = await client.waitFor("connection_established", "error");
      if (reply.type === "connection_established") {
        if (!reply.resumed) throw new Error(`${this.session} was not resumed`);
        return;
      }
      if (reply.code !== "store_unavailable" || attempt === MAX_ATTEMPTS)
        throw new Error(`${this.session} was not resumed: ${reply.code}: ${reply.message}`);
      await Bun.sleep(RETRY_MS);
    }
  }

  submit(name: string): void {
    this.sent.push(name);
    this.#client?.send({ message: name });
  }

  /** Resolves when the server has acknowledged the message. A snapshot can stand for the first events of its turn. */
  async waitForStart(): Promise<void> {
    for (;;) {
      const frame = await this.#client?.waitFor("typing", "snapshot", "ai_response", "error");
      if (frame?.type !== "snapshot" || listUserTexts(frame.messages).includes(this.sent.at(-1) ?? ""))
        return;
    }
  }

  /** Resolves when the running turn has ended. */
  async waitForEnd(): Promise<void> {
    await this.#client?.waitFor("ai_response", "error", "snapshot");
    this.processNewFrames();
  }

  disconnect(): void {
    this.processNewFrames();
    this.#client?.close();
  }

  async history(): Promise<readonly HistoryMessage[]> {
    this.#client?.send({ type: "history" });
    return (await this.#client?.waitFor("history"))?.messages ?? [];
  }

  /** Processes the frames since the last call. */
  processNewFrames(): void {
    for (const frame of this.#client?.frames.slice(this.#processedCount) ?? []) this.#process(frame);
    this.#processedCount = this.#client?.frames.length ?? 0;
  }

  #process(frame: ServerFrame): void {
    if (frame.type === "snapshot") {
      this.lastSeq = frame.seq;
      for (const text of listUserTexts(frame.messages)) this.started.add(text);
      return;
    }
    if (!("seq" in frame)) return;
    if (frame.seq !== this.lastSeq + 1) this.problems.push(`${frame.seq} came after ${this.lastSeq}`);
    this.lastSeq = frame.seq;
    const name = this.sent.at(-1) ?? "";
    if (frame.type === "typing") this.started.add(frame.question?.content ?? name);
    if (frame.type === "ai_response") this.completed.add(name);
  }
}

function listUserTexts(messages: readonly HistoryMessage[]): readonly string[] {
  return messages.filter(({ role }) => role === "user").map(({ content }) => content);
}

/** Compares what a client saw with the stored history. */
export function findDefects(client: RecordingClient, history: readonly HistoryMessage[]) {
  const userMessages = listUserTexts(history);
  const counts = new Map(
    userMessages.map((name) => [name, userMessages.filter((one) => one === name).length]),
  );
  const replies = new Set(
    history.flatMap(({ content }, index) => {
      if (content !== "done") return [];
      return [history.slice(0, index).findLast(({ role }) => role === "user")?.content ?? ""];
    }),
  );
  const calls = history.flatMap(({ tool_calls }) => tool_calls);
  const results = history.flatMap(({ tool_results }) => tool_results);
  return {
    problems: client.problems,
    lostMessages: [...client.started].filter((name) => counts.get(name) !== 1),
    lostReplies: [...client.completed].filter((name) => !replies.has(name)),
    callsWithoutResult: calls.length - results.length,
  };
}

export const NO_DEFECTS = { problems: [], lostMessages: [], lostReplies: [], callsWithoutResult: 0 };
