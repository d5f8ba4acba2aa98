/**
 * Divides operations into batches that pass from one thread to another. Objects that operations share are sent once, so
 * that the other thread shares them as well.
 */
import type { JsonSchema } from "../chat/types.ts";
import { parseJson, stringifyJson } from "../json.ts";
import type { Operation } from "./types.ts";

/** Some of the operations, in their order, and the objects that they are the first to need. */
export interface OperationBatch {
  /** Their indexes follow those of the batches before. */
  readonly shared: readonly SharedObject[];
  readonly operations: readonly PackedOperation[];
}

type SharedObject =
  | { readonly value: unknown }
  /** Name → index of the schema. */
  | { readonly definitions: Readonly<Record<string, number>> };

/** An operation with the indexes of shared objects in place of the objects. */
interface PackedOperation
  extends Omit<Operation, "parameters" | "responses" | "servers" | "security" | "definitions"> {
  readonly parameters: readonly number[];
  readonly responses: readonly number[];
  readonly servers: number;
  readonly security: number;
  readonly definitions: number;
}

/** The values of a batch, by {@link countValues}. Receiving that many takes about a millisecond. */
const BATCH_SIZE = 4000;

/**
 * A batch as JSON text, which takes less time to receive than a copy of the object, and less memory afterwards. A batch
 * with numbers that JSON would change, such as `.inf` of YAML, is sent as the object.
 */
export type SentBatch = string | OperationBatch;

/** Yields the batches of operations. */
export function* packOperations(operations: readonly Operation[]): Generator<SentBatch> {
  const packer = new Packer();
  for (const operation of operations)
    for (const batch of packer.add(operation)) yield isJson(batch) ? stringifyJson(batch) : batch;
  const last = packer.flush();
  yield isJson(last) ? stringifyJson(last) : last;
}

/** Returns whether all numbers stay the same as JSON. An integer beyond 2^53 would become a bigint. */
function isJson(batch: OperationBatch): boolean {
  const pending: unknown[] = [batch];
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

class Packer {
  readonly #indexes = new Map<unknown, number>();
  #shared: SharedObject[] = [];
  #operations: PackedOperation[] = [];
  #size = 0;

  *add(operation: Operation): Generator<OperationBatch> {
    const { parameters, responses, servers, security, definitions, ...own } = operation;
    for (const value of [...parameters, ...responses, servers, security]) yield* this.#share(value);
    yield* this.#shareDefinitions(definitions);
    this.#operations.push({
      ...own,
      parameters: parameters.map((value) => this.#indexOf(value)),
      responses: responses.map((value) => this.#indexOf(value)),
      servers: this.#indexOf(servers),
      security: this.#indexOf(security),
      definitions: this.#indexOf(definitions),
    });
    yield* this.#grow(own);
  }

  /** Returns what has been added since the last batch. */
  flush(): OperationBatch {
    const batch = { shared: this.#shared, operations: this.#operations };
    [this.#shared, this.#operations, this.#size] = [[], [], 0];
    return batch;
  }

  *#share(value: unknown): Generator<OperationBatch> {
    if (this.#indexes.has(value)) return;
    this.#indexes.set(value, this.#indexes.size);
    this.#shared.push({ value });
    yield* this.#grow(value);
  }

  *#shareDefinitions(definitions: Operation["definitions"]): Generator<OperationBatch> {
    if (this.#indexes.has(definitions)) return;
    for (const schema of Object.values(definitions)) yield* this.#share(schema);
    const entries = Object.entries(definitions).map(([name, schema]) => [name, this.#indexOf(schema)]);
    this.#indexes.set(definitions, this.#indexes.size);
    this.#shared.push({ definitions: Object.fromEntries(entries) });
    yield* this.#grow(entries);
  }

  *#grow(value: unknown): Generator<OperationBatch> {
    this.#size += countValues(value);
    if (this.#size >= BATCH_SIZE) yield this.flush();
  }

  #indexOf(value: unknown): number {
    return this.#indexes.get(value) ?? -1;
  }
}

/** Counts the values within a value, up to the size of a batch. A long text counts as several. */
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
  readonly #shared: unknown[] = [];

  unpack(sent: SentBatch): readonly Operation[] {
    const { shared, operations } = typeof sent === "string" ? (parseJson(sent) as OperationBatch) : sent;
    for (const entry of shared)
      this.#shared.push("value" in entry ? entry.value : this.#restoreDefinitions(entry.definitions));
    return operations.map((operation) => ({
      ...operation,
      parameters: operation.parameters.map((index) => this.#get<Operation["parameters"][number]>(index)),
      responses: operation.responses.map((index) => this.#get<Operation["responses"][number]>(index)),
      servers: this.#get<Operation["servers"]>(operation.servers),
      security: this.#get<Operation["security"]>(operation.security),
      definitions: this.#get<Operation["definitions"]>(operation.definitions),
    }));
  }

  #restoreDefinitions(indexes: Readonly<Record<string, number>>): Operation["definitions"] {
    const entries = Object.entries(indexes).map(
      ([name, index]) => [name, this.#get<JsonSchema>(index)] as const,
    );
    return Object.fromEntries(entries);
  }

  #get<Value>(index: number): Value {
    return this.#shared[index] as Value;
  }
}
