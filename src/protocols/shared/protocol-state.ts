/** State that one protocol keeps for the lifetime of a server. Each protocol declares its own in its folder. */
import type { App } from "../../context.ts";

/** Declares a state: how it is created on first use and, optionally, stopped with the server. The object itself is the key. */
export interface ProtocolState<State> {
  create(app: App): State;
  /** Waits for running work, for at most `graceMs`, and releases what the state holds. */
  stop?(state: State, graceMs: number): Promise<void>;
}

/** Holds the protocol states of one server. */
export class ProtocolStates {
  readonly #app: App;
  readonly #states = new Map<unknown, { readonly value: unknown; readonly stop: Stop }>();

  constructor(app: App) {
    this.#app = app;
  }

  /** Returns the state declared by `key` and creates it on the first call. */
  get<State>(key: ProtocolState<State>): State {
    const known = this.#states.get(key);
    // A key maps to the value that the key itself created.
    if (known) return known.value as State;
    const value = key.create(this.#app);
    this.#states.set(key, { value, stop: async (graceMs) => await key.stop?.(value, graceMs) });
    return value;
  }

  /** Stops the states that were created, all at once. */
  async stop(graceMs: number): Promise<void> {
    await Promise.all([...this.#states.values()].map(({ stop }) => stop(graceMs)));
  }
}

type Stop = (graceMs: number) => Promise<void>;
