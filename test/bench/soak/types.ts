/** The vocabulary of the soak. */

/** What a process holds after a collection of garbage. */
export interface Gauge {
  readonly heapMb: number;
  readonly objects: number;
  readonly timers: number;
}

/** What a replica holds while nobody is connected. */
export interface Sample extends Gauge {
  readonly residentMb: number;
  readonly files: number;
  readonly sockets: number;
}

/** What the clients have done. */
export interface Tally {
  turns: number;
  /** Turns that ended with an error, which is an answer too. */
  errors: number;
  drops: number;
  requests: number;
  pages: number;
  /** One text for each request that had no answer. */
  readonly unanswered: string[];
}
