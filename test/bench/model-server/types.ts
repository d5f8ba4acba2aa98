/** How the stand-in replies to a model call. */
export interface Behavior {
  /** Deltas of a reply. */
  readonly deltas: number;
  /** Milliseconds between two deltas; 0 writes the whole reply in one piece. */
  readonly intervalMs: number;
  /** The model calls a tool first, once a turn. */
  readonly callsTool: boolean;
  /** The bytes of a response of the API; a small one when undefined. */
  readonly resultBytes?: number;
  /** The share of model calls that fail: throttled, with a server error, or cut within the stream. None when undefined. */
  readonly faults?: number;
}
