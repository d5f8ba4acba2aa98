/** The open WebSockets of a server: connects each to its protocol's client, and reaches all of them at once. */
import type { Config } from "../config/settings.ts";
import type { SocketClient } from "../protocols/shared/socket.ts";
import { maxHistoryBytes } from "../routes/_http/request-body.ts";
import type { FrameCount, SocketData } from "../routes/_http/types.ts";
import { CorkedSockets } from "./corked-sockets.ts";

/** The code of a frame beyond a limit: RFC 6455, section 7.4.1. */
const TOO_BIG = 1009;
/** The code of a client that sends too much: RFC 6455, section 7.4.1. */
const POLICY = 1008;
/** Frames of a socket in a second. Answering a tenth of a million at once would keep everyone waiting for a second. */
const MAX_FRAMES = 5000;
/** Seconds without a frame in either direction. */
const IDLE_TIMEOUT = 60;

export class WebSockets {
  readonly handler: Bun.WebSocketHandler<SocketData>;
  readonly #open = new Set<Bun.ServerWebSocket<SocketData>>();
  readonly #sockets = new CorkedSockets();

  constructor(config: Pick<Config, "maxInputSize" | "maxAttachmentsSize">) {
    this.handler = {
      maxPayloadLength: maxHistoryBytes(config),
      idleTimeout: IDLE_TIMEOUT,
      open: (socket) => this.#connect(socket),
      message: (socket, data) => {
        if (isTooFast(socket.data.frames)) {
          this.#sockets.flush();
          return socket.close(POLICY, "too many frames in a second");
        }
        if (data.length > (socket.data.maxFrameLength ?? data.length)) {
          this.#sockets.flush();
          return socket.close(TOO_BIG, "the frame is too long");
        }
        const text = typeof data === "string" ? data : undefined;
        runAsClient(socket, (client) => client.onMessage(text));
      },
      drain(socket) {
        socket.data.client?.onDrain();
      },
      close: (socket) => {
        this.#open.delete(socket);
        runAsClient(socket, (client) => client.onClose());
      },
    };
  }

  get count(): number {
    return this.#open.size;
  }

  notifyAll(code: string, message: string): void {
    for (const { data } of this.#open) data.client?.notify(code, message);
  }

  announceShutdown(): void {
    for (const { data } of this.#open) data.client?.onShutdown();
  }

  /** Resolves when every frame is answered, after `limitMs` at the latest. */
  async whenAnswered(limitMs: number): Promise<void> {
    const { promise: limit, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, limitMs);
    const answers = [...this.#open].map(({ data }) => data.client?.whenAnswered());
    await Promise.race([Promise.all(answers), limit]);
    clearTimeout(timer);
  }

  /** Closes every socket with a code of RFC 6455, section 7.4. */
  closeAll(code: number, reason: string): void {
    this.#sockets.flush();
    for (const socket of this.#open) socket.close(code, reason);
  }

  #connect(socket: Bun.ServerWebSocket<SocketData>): void {
    this.#open.add(socket);
    const { connect, runAsClient: run = (work) => work() } = socket.data;
    socket.data.client = run(() => connect(this.#sockets.wrap(socket)));
  }
}

/** Counts a frame. Returns whether there were too many within a second. */
function isTooFast(frames: FrameCount): boolean {
  const second = Math.floor(performance.now() / 1000);
  if (frames.second !== second) {
    frames.second = second;
    frames.count = 0;
  }
  frames.count += 1;
  return frames.count > MAX_FRAMES;
}

function runAsClient({ data }: Bun.ServerWebSocket<SocketData>, work: (client: SocketClient) => void): void {
  const { client, runAsClient: run } = data;
  if (!client) return;
  if (run) run(() => work(client));
  else work(client);
}
