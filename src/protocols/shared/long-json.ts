/** Reads long JSON of clients in a worker, so that it holds nobody up. */
import { setImmediate } from "node:timers/promises";
import { type Client, turnKeyOf } from "../../access/client.ts";
import { AppError } from "../../errors.ts";
import { isObject, parseJson } from "../../json.ts";
import { runInWorker } from "../../workers/worker-pool.ts";
import type { JsonExcess } from "./json-limits.ts";
import type { JsonPiece } from "./json-pieces.ts";

/** The worker's module within the executable, which has all modules in one folder. Set by the build. */
declare const JSON_WORKER: string | undefined;

/** Characters or bytes of JSON that is parsed on the thread that serves people. */
export const MAX_SHORT_JSON = 128_000;
/** Milliseconds for parsing. */
const TIME_LIMIT_MS = 10_000;

/** What was read of a text: its value, or why there is none. */
export interface ParsedJson {
  readonly value: unknown;
  /** The limit that it exceeds. */
  readonly excess?: JsonExcess;
  readonly syntaxError?: string;
  /** The path of a string with an unpaired surrogate. */
  readonly illFormed?: readonly string[];
  /** True when the value has a `bigint`. */
  readonly hasLongIntegers?: boolean;
}

/** A long text, as a worker has parsed it with `parseJson`. */
export interface LongJson extends ParsedJson {
  /** Characters of the text. */
  readonly length: number;
  /** The SHA-256 of the text in base64. */
  readonly hash: string;
}

/** JSON that a client sent: a short text, or a long one that is parsed already. */
export type ClientText = string | LongJson;

/** What the worker returns beside the texts of the pieces. */
export interface LongJsonOutput extends Omit<LongJson, "value"> {
  /** One for each text. */
  readonly pieces: readonly JsonPiece[];
}

/** Reads the text of a frame. A short one is returned as it is, like undefined. @throws AppError `bad_request` when the worker fails. */
export async function readFrame(
  text: string | undefined,
  { caller, address }: Pick<Client, "caller" | "address">,
): Promise<ClientText | undefined> {
  const isLong = text !== undefined && text.length > MAX_SHORT_JSON;
  return isLong ? await readLongJson(text, turnKeyOf(caller, address)) : text;
}

/**
 * @param data a text, or the bytes of one in UTF-8, which are handed over: the caller loses them.
 * @param caller whose texts wait for each other.
 * @throws AppError `bad_request` when the worker fails.
 */
export async function readLongJson(
  data: string | readonly Uint8Array<ArrayBuffer>[],
  caller: string,
): Promise<LongJson> {
  const path = typeof JSON_WORKER === "string" ? JSON_WORKER : "./json-worker.ts";
  const task = { name: "parse", data, input: undefined };
  const options = { caller, timeLimit: TIME_LIMIT_MS };
  const done = await runInWorker(new URL(path, import.meta.url), task, options);
  if (done.outcome === "failed") throw new AppError("bad_request", `The JSON was not read: ${done.problem}.`);
  const { pieces, ...read } = done.output as LongJsonOutput;
  return { ...read, value: await joinPieces(pieces, done.texts) };
}

/** Others are served between two pieces. */
async function joinPieces(pieces: readonly JsonPiece[], texts: readonly string[]): Promise<unknown> {
  const root: Record<string, unknown> = {};
  for (const [index, { path, key }] of pieces.entries()) {
    const text = texts[index] ?? "";
    const container = path.reduce((outer, name) => outer[name] as Record<string, unknown>, root);
    if (key !== undefined) setMember(container, key, text);
    else addMembers(container, parseJson(text) as object);
    await setImmediate();
  }
  return root.value;
}

/** Adds the members of an object to an object, or the entries of a list to a list. */
function addMembers(container: object, part: object): void {
  if (Array.isArray(container)) for (const value of Object.values(part)) container.push(value);
  else
    for (const [name, value] of Object.entries(part))
      setMember(container as Record<string, unknown>, name, value);
}

function setMember(container: Record<string, unknown>, name: string, value: unknown): void {
  // An assignment would set the prototype.
  if (name === "__proto__")
    Object.defineProperty(container, name, { value, writable: true, enumerable: true, configurable: true });
  else container[name] = value;
}

/** Returns a copy with a number in place of each `bigint`, as `JSON.parse` reads them. */
export function roundIntegers(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(roundIntegers);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, roundIntegers(inner)]));
}
