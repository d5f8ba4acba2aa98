/** The orders of the load process, which it answers one at a time. */

export type Order =
  | {
      readonly order: "connect";
      readonly url: string;
      readonly sockets: number;
      readonly headers: Readonly<Record<string, string>>;
    }
  | {
      readonly order: "turns";
      /** The turns of a socket, one after another. */
      readonly each: number;
      /** How many sockets have a turn at the same time, all when undefined. */
      readonly atOnce?: number;
      /** How many sockets take part, all when undefined. */
      readonly only?: number;
      /** The message; a short question when undefined. */
      readonly message?: string;
    }
  /** All sockets resume the session of the first one, from its beginning, until the end of its turn. */
  | { readonly order: "resume" }
  /** Starts turns at a rate, on sockets that have none. */
  | { readonly order: "rate"; readonly perSecond: number; readonly seconds: number }
  | { readonly order: "disconnect" };

/** Milliseconds. */
export interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface LoadReport {
  readonly turns: number;
  readonly deltas: number;
  /** Turns that ended with an error, or with the end of the connection. */
  readonly failures: number;
  readonly seconds: number;
  /** From the message to the first delta. */
  readonly firstToken: Times;
  /** From the stand-in's write of a delta to its arrival. */
  readonly delta: Times;
  /** A turn without the time in which the model replied. */
  readonly turn: Times;
}
