/** A person of the soak: asks, loses connections, comes back at the other replica, opens the page, uses the HTTP API. */
import { NativeClient } from "../../support/harness.ts";
import type { Server } from "../harness/types.ts";
import type { Tally } from "./types.ts";

/** Milliseconds within which every request must be answered. */
const ANSWER_MS = 60_000;

export class SoakClient {
  readonly #servers: readonly Server[];
  readonly #tally: Tally;
  #client: NativeClient | undefined;
  #session = "";
  #lastSeq = 0;

  constructor(servers: readonly Server[], tally: Tally) {
    this.#servers = servers;
    this.#tally = tally;
  }

  /** Acts until a time. Then no connection remains. */
  async run(until: number): Promise<void> {
    while (performance.now() < until) {
      await this.#withAnswer("a new connection", () => this.#connect());
      for (let action = 0; action < 8 && performance.now() < until; action++) {
        const chance = Math.random();
        if (chance < 0.55) await this.#withAnswer("a turn", () => this.#ask());
        else if (chance < 0.8) await this.#withAnswer("a turn after a drop", () => this.#askAndDrop());
        else if (chance < 0.92) await this.#withAnswer("an HTTP request", () => this.#request());
        else await this.#withAnswer("a page", () => this.#loadPage());
      }
      this.#client?.close();
    }
  }

  /** Runs an action. Counts it as unanswered when it takes too long or fails. */
  async #withAnswer(name: string, act: () => Promise<void>): Promise<void> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error("no answer")), ANSWER_MS);
    try {
      await Promise.race([act(), promise]);
    } catch (error) {
      this.#tally.unanswered.push(`${name}: ${error instanceof Error ? error.message : error}`);
      await this.#connect();
    } finally {
      clearTimeout(timer);
    }
  }

  #pickServer(): Server {
    const server = this.#servers[Math.floor(Math.random() * this.#servers.length)];
    if (!server) throw new Error("there is no server");
    return server;
  }

  /** Connects with a new session. */
  async #connect(): Promise<void> {
    const { url, headers } = this.#pickServer();
    this.#client = await NativeClient.connect(url, { ...headers });
    this.#session = (await this.#client.waitFor("connection_established")).session_id;
    this.#lastSeq = 0;
  }

  async #ask(): Promise<void> {
    this.#client?.send({ message: "Which of the things is the newest one?" });
    await this.#waitForEnd();
  }

  /** Loses the connection while the turn runs, and resumes anywhere. */
  async #askAndDrop(): Promise<void> {
    this.#client?.send({ message: "Which of the things is the oldest one?" });
    const typing = await this.#client?.waitFor("typing");
    this.#lastSeq = typing?.seq ?? this.#lastSeq;
    await Bun.sleep(Math.random() * 200);
    this.#client?.close();
    this.#tally.drops += 1;
    await Bun.sleep(Math.random() * 200);
    const { url, headers } = this.#pickServer();
    this.#client = await NativeClient.connect(url, { ...headers });
    await this.#client.waitFor("connection_established");
    this.#client.send({ type: "resume", session_id: this.#session, last_seq: this.#lastSeq });
    const resumed = await this.#client.waitFor("connection_established", "error");
    if (resumed.type === "error") throw new Error(`not resumed: ${resumed.code}`);
    await this.#waitForEnd();
  }

  /** Resolves at the end of the turn. A snapshot without a turn stands for its end. */
  async #waitForEnd(): Promise<void> {
    for (;;) {
      const frame = await this.#client?.waitFor("ai_response", "error", "snapshot");
      if (!frame) throw new Error("there is no connection");
      if (frame.type === "snapshot" && frame.turn_id !== undefined) continue;
      this.#tally.turns += 1;
      if (frame.type === "error") this.#tally.errors += 1;
      if ("seq" in frame && frame.seq !== undefined) this.#lastSeq = frame.seq;
      return;
    }
  }

  async #request(): Promise<void> {
    const { url, headers } = this.#pickServer();
    const stream = Math.random() < 0.5;
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ stream, messages: [{ role: "user", content: "How many things are there?" }] }),
    });
    const text = await response.text();
    const isComplete = stream && response.ok ? /\[DONE\]|"error"/.test(text) : text.length > 0;
    if (!isComplete) throw new Error(`status ${response.status}: ${text.slice(-200)}`);
    this.#tally.requests += 1;
  }

  async #loadPage(): Promise<void> {
    const { url, headers } = this.#pickServer();
    for (const path of ["ui", "sessions?limit=30", "health"])
      await (await fetch(`${url}/bedrock-chat/${path}`, { headers })).arrayBuffer();
    this.#tally.pages += 1;
  }
}
