/** Notes that a turn has read text which the person did not write. `--guard-untrusted` then asks about calls that change something. */
import type { ToolCatalog } from "../apis/load-apis.ts";
import type { RunCall } from "../chat/calls.ts";
import type { Message, ToolResult } from "../chat/types.ts";
import { isSearchTool } from "./searched-tools.ts";
import type { TurnStart } from "./types.ts";

export class UntrustedText {
  readonly #catalog: Pick<ToolCatalog, "search">;
  #isRead: boolean;

  /** @param start the turn, with what it has read already; undefined for calls without a turn */
  constructor(catalog: Pick<ToolCatalog, "search">, start?: TurnStart) {
    this.#catalog = catalog;
    this.#isRead = start !== undefined && this.#isReadAtStart(start);
  }

  get isRead(): boolean {
    return this.#isRead;
  }

  /** Returns `run`, whose results are noted. */
  watch(run: RunCall): RunCall {
    return async (call, signal) => {
      const result = await run(call, signal);
      if (this.#isUntrusted(result)) this.#isRead = true;
      return result;
    };
  }

  #isReadAtStart(start: TurnStart): boolean {
    if (!("decided" in start)) return (start.request.attachments ?? []).length > 0;
    const isUntrusted = (result: ToolResult) => this.#isUntrusted(result);
    return (
      start.decided.results.some(isUntrusted) ||
      start.messages.some((message: Message) =>
        message.role === "results"
          ? message.results.some(isUntrusted)
          : message.role === "user" && (message.attachments ?? []).length > 0,
      )
    );
  }

  /** A refused call has a text of our own. The results of a search are definitions, which a model has anyway without searching. */
  #isUntrusted({ name, refused }: ToolResult): boolean {
    return refused === undefined && !isSearchTool(this.#catalog, name);
  }
}
