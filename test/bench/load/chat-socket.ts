/**
 * A WebSocket client that costs little, so that the load leaves the machine to the servers: it recognizes a frame of the chat
 * by its first bytes and reads no more of it than the time that the stand-in wrote into a delta.
 */
import { readClock } from "../harness/clock.ts";
import { SocketWriter } from "../harness/socket-writer.ts";
import type { Recorder } from "./recorder.ts";

const NOTHING = Buffer.alloc(0);
/** The place of the first letter of the type in `{"type":"…`. */
const TYPE_OFFSET = 9;

export interface ChatAddress {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Turn {
  readonly start: number;
  readonly done: (failed: boolean) => void;
  firstStamp: number;
  lastStamp: number;
}

export class ChatSocket {
  readonly #recorder: Recorder;
  #socket: Bun.Socket<undefined> | undefined;
  #writer: SocketWriter | undefined;
  #rest: Buffer = NOTHING;
  #isUpgraded = false;
  #turn: Turn | undefined;
  /** The id of its session, which the server names first. */
  session = "";
  #opened = Promise.withResolvers<void>();

  private constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** Resolves at the first frame of the server. */
  static async connect({ url, headers }: ChatAddress, recorder: Recorder): Promise<ChatSocket> {
    const { hostname, port, host } = new URL(url);
    const client = new ChatSocket(recorder);
    client.#socket = await Bun.connect<undefined>({
      hostname,
      port: Number(port),
      socket: {
        data: (_, bytes) => client.#receive(bytes),
        drain: () => client.#writer?.drain(),
        close: () => client.#end(),
        error: () => client.#end(),
      },
    });
    client.#writer = new SocketWriter(client.#socket);
    const lines = [
      "GET /bedrock-chat/ws HTTP/1.1",
      `Host: ${host}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ];
    client.#writer.write(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`));
    await client.#opened.promise;
    return client;
  }

  /** Sends a message. Resolves at the end of its turn, which the recorder has then. The turn begins at `start`. */
  runTurn(message: string, start = readClock()): Promise<void> {
    return this.#request({ type: "message", message }, start);
  }

  /** Resumes a session from its beginning. Resolves at the end of its first turn. */
  resume(session: string): Promise<void> {
    return this.#request({ type: "resume", session_id: session, last_seq: 0 }, readClock());
  }

  #request(frame: object, start: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (failed: boolean) => {
        this.#turn = undefined;
        this.#recorder.countTurn(failed);
        resolve();
      };
      this.#turn = { start, done, firstStamp: 0, lastStamp: 0 };
      this.#send(JSON.stringify(frame));
    });
  }

  /** Sends a text frame: https://datatracker.ietf.org/doc/html/rfc6455#section-5.2. The mask is zero. */
  #send(text: string): void {
    const payload = Buffer.from(text);
    const head = Buffer.alloc(payload.length < 126 ? 6 : payload.length < 65_536 ? 8 : 14);
    head[0] = 0x81;
    head[1] = 0x80 | (head.length === 6 ? payload.length : head.length === 8 ? 126 : 127);
    if (head.length === 8) head.writeUInt16BE(payload.length, 2);
    if (head.length === 14) head.writeBigUInt64BE(BigInt(payload.length), 2);
    this.#writer?.write(Buffer.concat([head, payload]));
  }

  close(): void {
    this.#socket?.terminate();
  }

  #end(): void {
    this.#opened.reject(new Error("the server closed the connection"));
    this.#turn?.done(true);
  }

  #receive(bytes: Buffer): void {
    let all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    if (!this.#isUpgraded) {
      const end = all.indexOf("\r\n\r\n");
      if (end === -1) {
        this.#rest = Buffer.from(all);
        return;
      }
      if (!all.toString("latin1", 0, 12).endsWith("101")) {
        this.#end();
        return;
      }
      this.#isUpgraded = true;
      all = all.subarray(end + 4);
    }
    let at = 0;
    while (all.length - at >= 2) {
      const short = (all[at + 1] ?? 0) & 127;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (all.length - at < head) break;
      const length =
        short < 126 ? short : short === 126 ? all.readUInt16BE(at + 2) : all.readUInt32BE(at + 6);
      if (all.length - at < head + length) break;
      if (((all[at] ?? 0) & 15) === 1) this.#take(all.subarray(at + head, at + head + length));
      at += head + length;
    }
    this.#rest = at === all.length ? NOTHING : Buffer.from(all.subarray(at));
  }

  #take(frame: Buffer): void {
    const type = String.fromCharCode(frame[TYPE_OFFSET] ?? 0, frame[TYPE_OFFSET + 1] ?? 0);
    if (type === "co") {
      this.session = /"session_id":"([^"]+)"/.exec(frame.toString("latin1"))?.[1] ?? "";
      this.#opened.resolve();
    }
    const turn = this.#turn;
    if (!turn) return;
    if (type === "te") this.#takeDelta(turn, frame);
    else if (type === "ai") {
      // The model replied from its first delta to its last.
      this.#recorder.turn.push(readClock() - turn.start - (turn.lastStamp - turn.firstStamp));
      turn.done(false);
    } else if (type === "er") turn.done(true);
  }

  #takeDelta(turn: Turn, frame: Buffer): void {
    const now = readClock();
    // Deltas of the same moment may arrive as one, with several stamps.
    for (const [, digits] of frame.toString("latin1").matchAll(/@(\d+\.\d+)/g)) {
      const stamp = Number(digits);
      if (turn.firstStamp === 0) {
        turn.firstStamp = stamp;
        this.#recorder.firstToken.push(now - turn.start);
      }
      turn.lastStamp = stamp;
      this.#recorder.delta.push(now - stamp);
    }
  }
}
