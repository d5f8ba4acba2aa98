/** The tools that read what is kept: they call no API and count towards no limit of a turn. */
import type { SessionId } from "../chat/types.ts";
import type { ToolNames } from "./definitions.ts";
import { query } from "./query.ts";
import { readJson } from "./read-json.ts";
import { type ReadOutcome, readResult } from "./read-result.ts";
import { splitContent } from "./response-head.ts";
import { searchResult } from "./search-result.ts";
import { describeKept } from "./shape.ts";
import { problemOf, QueryArguments, ReadArguments, SearchArguments } from "./stored-result-arguments.ts";
import type { KeptResult, ResultStore } from "./types.ts";

/** What a tool of ours answers. */
export interface Said {
  readonly status: "ok" | "failed";
  readonly content: string;
}

export interface KeptToolsOptions {
  readonly session: SessionId;
  readonly store: Pick<ResultStore, "keep" | "find">;
  readonly names: ToolNames;
  /** Characters of one chunk. */
  readonly chunkSize: number;
  /** Milliseconds. */
  readonly now: () => number;
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
}

export class KeptTools {
  readonly #options: KeptToolsOptions;

  constructor(options: KeptToolsOptions) {
    this.#options = options;
  }

  /** Keeps a text and says what it looks like, in about `room` characters. */
  async keep(text: string, room: number): Promise<string> {
    const { store, session, chunkSize, names } = this.#options;
    const id = await store.keep(session, text, chunkSize);
    return describeKept({ id, text, chunkSize }, names, room);
  }

  async read(values: unknown): Promise<Said> {
    const given = ReadArguments.safeParse(values);
    if (!given.success) return failed(problemOf(given.error));
    return await this.#withKept(given.data.id, async (result) => said(readResult(result, given.data)));
  }

  async search(values: unknown, signal: AbortSignal): Promise<Said> {
    const given = SearchArguments.safeParse(values);
    if (!given.success) return failed(problemOf(given.error));
    const ports = { ...this.#options, signal };
    return await this.#withKept(given.data.id, async (result) =>
      said(await searchResult(result, given.data, ports)),
    );
  }

  async query(values: unknown): Promise<Said> {
    const given = QueryArguments.safeParse(values);
    if (!given.success) return failed(problemOf(given.error));
    const { names } = this.#options;
    return await this.#withKept(given.data.id, async ({ id, text, chunkSize }) => {
      const value = readJson(splitContent(text).body);
      if (value === undefined)
        return failed(`${id} is no JSON: ${names.search} and ${names.read} reach all of it.`);
      const found = query(value, given.data.filter, this.#options);
      if (found.outcome === "refused") return failed(`The filter was refused: ${found.problem}`);
      return ok(found.text.length <= chunkSize ? found.text : await this.keep(found.text, chunkSize));
    });
  }

  async #withKept(id: string, use: (result: KeptResult) => Promise<Said>): Promise<Said> {
    const { store, session } = this.#options;
    const found = await store.find(session, id);
    switch (found.outcome) {
      case "found":
        return await use(found.result);
      case "gone":
        return failed(`The result ${id} made room for newer ones. Call its tool again.`);
      case "unknown":
        return failed(
          found.known.length === 0
            ? "No result is kept."
            : `There is no result ${JSON.stringify(id)}; kept are ${found.known.join(", ")}.`,
        );
    }
  }
}

export function ok(content: string): Said {
  return { status: "ok", content };
}

export function failed(content: string): Said {
  return { status: "failed", content };
}

function said(outcome: ReadOutcome): Said {
  return outcome.outcome === "ready" ? ok(outcome.content) : failed(outcome.problem);
}
