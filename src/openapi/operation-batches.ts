/**
 * Divides operations into batches that pass from one thread to another. Objects that several operations, schemas or
 * examples share are sent once, so that the other thread shares them as well.
 */
import { parseJson, stringifyJson } from "../json.ts";
import type { Operation } from "./types.ts";

/** Operations, and objects that several values share. Their numbers follow those of the batches before. */
export interface OperationBatch {
  readonly nodes: readonly Node[];
}

/** An operation or shared object. A shared object in it is null, and a link names it. */
interface Node {
  readonly value: unknown;
  readonly links: readonly Link[];
  readonly isOperation: boolean;
}

interface Link {
  readonly path: readonly string[];
  /** The number of the shared object. */
  readonly node: number;
}

/**
 * A batch as JSON text, which takes less time to receive than a copy of the object, and less memory afterwards. A batch
 * with numbers that JSON would change, such as `.inf` of YAML, is sent as the object.
 */
export type SentBatch = string | OperationBatch;

/** The values of a batch. A long text counts as several. Receiving that many takes about a millisecond. */
const BATCH_SIZE = 4000;

/** Yields the batches of operations. */
export function* packOperations(operations: readonly Operation[]): Generator<SentBatch> {
  const packer = new Packer(findShared(operations));
  let nodes: Node[] = [];
  let size = 0;
  for (const operation of operations)
    for (const node of packer.pack(operation)) {
      nodes.push(node);
      size += countValues(node.value);
      if (size < BATCH_SIZE) continue;
      yield serialize({ nodes });
      [nodes, size] = [[], 0];
    }
  yield serialize({ nodes });
}

/** Returns the objects that occur more than once. */
function findShared(root: unknown): ReadonlySet<object> {
  const seen = new Set<object>();
  const shared = new Set<object>();
  const pending = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== "object" || value === null) continue;
    if (seen.has(value)) shared.add(value);
    else {
      seen.add(value);
      for (const inner of Object.values(value)) pending.push(inner);
    }
  }
  return shared;
}

class Packer {
  readonly #shared: ReadonlySet<object>;
  readonly #numbers = new Map<object, number>();
  #nodes: Node[] = [];
  #count = 0;

  constructor(shared: ReadonlySet<object>) {
    this.#shared = shared;
  }

  /** Returns the node of an operation, after those of the shared objects that it is the first to need. */
  pack(operation: Operation): readonly Node[] {
    this.#nodes = [];
    this.#add(operation, true);
    return this.#nodes;
  }

  #add(value: object, isOperation: boolean): number {
    const links: Link[] = [];
    this.#nodes.push({ value: this.#detach(value, [], links), links, isOperation });
    this.#count += 1;
    return this.#count - 1;
  }

  /** Returns the value without its shared objects, and adds a link for each. What has none is not copied. */
  #detach(value: object, path: readonly string[], links: Link[]): object {
    const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
      if (typeof inner !== "object" || inner === null) return [key, inner];
      const innerPath = [...path, key];
      if (!this.#shared.has(inner)) return [key, this.#detach(inner, innerPath, links)];
      const node = this.#numbers.get(inner) ?? this.#add(inner, false);
      this.#numbers.set(inner, node);
      links.push({ path: innerPath, node });
      return [key, null];
    });
    if (Array.isArray(value)) return entries.map(([, inner]) => inner);
    return Object.fromEntries(entries);
  }
}

function serialize(batch: OperationBatch): SentBatch {
  return isJson(batch) ? stringifyJson(batch) : batch;
}

/** Returns whether all numbers stay the same as JSON. An integer beyond 2^53 would become a bigint. */
function isJson(root: unknown): boolean {
  const pending = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === "number" && !isJsonNumber(value)) return false;
    if (typeof value === "object" && value !== null)
      for (const inner of Object.values(value)) pending.push(inner);
  }
  return true;
}

function isJsonNumber(value: number): boolean {
  if (Number.isInteger(value)) return Number.isSafeInteger(value) && !Object.is(value, -0);
  return Number.isFinite(value);
}

function countValues(root: unknown): number {
  let count = 0;
  const pending = [root];
  while (pending.length > 0 && count < BATCH_SIZE) {
    const value = pending.pop();
    count += typeof value === "string" ? 1 + value.length / 100 : 1;
    if (typeof value === "object" && value !== null)
      for (const inner of Object.values(value)) pending.push(inner);
  }
  return count;
}

/** Restores operations from batches, which must be all and in their order. */
export class OperationUnpacker {
  readonly #nodes: unknown[] = [];

  unpack(batch: SentBatch): readonly Operation[] {
    const { nodes } = typeof batch === "string" ? (parseJson(batch) as OperationBatch) : batch;
    return nodes.flatMap(({ value, links, isOperation }) => {
      for (const link of links) this.#restore(value, link);
      this.#nodes.push(value);
      return isOperation ? [value as Operation] : [];
    });
  }

  #restore(value: unknown, { path, node }: Link): void {
    const parent = path.slice(0, -1).reduce((inner, key) => Object(inner)[key], value);
    Object(parent)[path.at(-1) ?? ""] = this.#nodes[node];
  }
}
