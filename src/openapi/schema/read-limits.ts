import { DocumentError } from "../../errors.ts";
import { OperationError } from "../document/operation-error.ts";
import type { SchemaContext } from "./schema-context.ts";

const MAX_DEPTH = 200;
/**
 * Schemas read for one description. Only a hostile document comes near: the schemas of every operation are read once.
 */
const MAX_SCHEMAS = 3_000_000;
/** The clock is read once for this many steps. */
const STEPS_BETWEEN_CHECKS = 256;

/** The limits of reading one API description: depth and number of its schemas, and time. */
export class ReadLimits {
  readonly #location: string;
  readonly #maxMs: number;
  readonly #start = performance.now();
  #schemaCount = 0;
  #steps = 0;

  /** @param location The root document, for messages. */
  constructor(location: string, maxMs: number) {
    this.#location = location;
    this.#maxMs = maxMs;
  }

  /**
   * Counts a schema that is read.
   * @throws OperationError when it is nested too deeply.
   * @throws DocumentError when the description has too many schemas or takes too long.
   */
  enterSchema({ depth, document }: SchemaContext): void {
    this.#schemaCount += 1;
    if (this.#schemaCount > MAX_SCHEMAS)
      throw new DocumentError(document.location, `has more than ${MAX_SCHEMAS} schemas`);
    if (depth > MAX_DEPTH) throw new OperationError(`a schema is nested deeper than ${MAX_DEPTH} levels`);
    this.step();
  }

  /** Marks progress within a long loop. @throws DocumentError when the description takes too long. */
  step(): void {
    this.#steps += 1;
    if (this.#steps % STEPS_BETWEEN_CHECKS === 0 && performance.now() - this.#start > this.#maxMs)
      throw tooSlowError(this.#location, this.#maxMs);
  }
}

/** Reports a document whose reading takes longer than `maxMs`. */
export function tooSlowError(location: string, maxMs: number): DocumentError {
  return new DocumentError(
    location,
    `is not used: reading it takes longer than ${maxMs / 1000} seconds. Remove parts of it, or divide it into several documents`,
  );
}
