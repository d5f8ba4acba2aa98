/** Evaluates the JSONPath of an overlay action (RFC 9535) within limits, because overlays are untrusted. */
import { JSONPathEnvironment, JSONPathError, type JSONValue, jsonpath } from "json-p3";
import { RE2JS } from "re2js";

/** The keys and indexes from the root to a value. */
export type Location = readonly (string | number)[];

/** Reports a target that cannot be parsed or evaluated. */
export class TargetError extends Error {
  override readonly name = "TargetError";
}

const MAX_LENGTH = 10_000;
const MAX_DEPTH = 200;
/** Limit for visited values, each weighted by its depth; takes about two seconds. */
const MAX_STEPS = 30_000_000;

/**
 * Returns the locations of the values that a path selects, each once.
 * @throws TargetError
 */
export function selectLocations(path: string, root: unknown): readonly Location[] {
  if (path.length > MAX_LENGTH) throw new TargetError(`is longer than ${MAX_LENGTH} characters`);
  try {
    const paths = new BoundedJsonPath();
    const locations = new Map<string, Location>();
    for (const { location } of paths.compile(path).lazyQuery(root as JSONValue))
      locations.set(JSON.stringify(location), location);
    return [...locations.values()];
  } catch (error) {
    if (error instanceof TargetError) throw error;
    if (error instanceof RangeError) throw new TargetError("is nested too deeply");
    if (!(error instanceof JSONPathError)) throw error;
    const reason = error.message.replace(/ \('.*':\d+\)$/s, "");
    throw new TargetError(
      `is not a valid JSONPath (RFC 9535): ${reason}, at character ${error.token.index + 1}`,
    );
  }
}

/**
 * Limits the values that a query visits, including those in filters, and matches regular expressions in linear time.
 */
class BoundedJsonPath extends JSONPathEnvironment {
  #remaining = MAX_STEPS;

  constructor() {
    super({ maxRecursionDepth: MAX_DEPTH });
  }

  override compile(path: string) {
    const query = super.compile(path);
    this.#instrument(query, new Set());
    return query;
  }

  override entries(value: { [key: string]: JSONValue }): [string, JSONValue][] {
    const entries = Object.entries(value);
    this.#spend(entries.length);
    return entries;
  }

  protected override setupFilterFunctions(): void {
    super.setupFilterFunctions();
    for (const [name, isFullMatch] of [
      ["match", true],
      ["search", false],
    ] as const) {
      const standard = this.functionRegister.get(name);
      if (standard) this.functionRegister.set(name, { ...standard, call: createRegExpFunction(isFullMatch) });
    }
  }

  /** Wraps each selector of a compiled query so that it counts. The library has no hook for the elements of arrays. */
  #instrument(part: unknown, seen: Set<object>): void {
    if (typeof part !== "object" || part === null || part === this || seen.has(part)) return;
    seen.add(part);
    if (part instanceof jsonpath.JSONPathSelector) {
      const resolve = part.resolve.bind(part);
      part.resolve = (node) => {
        const { value, location } = node;
        this.#spend(1 + location.length + (Array.isArray(value) ? value.length : 0));
        return resolve(node);
      };
    }
    for (const inner of Object.values(part)) this.#instrument(inner, seen);
  }

  #spend(steps: number): void {
    this.#remaining -= steps;
    if (this.#remaining < 0) throw new TargetError("visits too many values; use a more specific path");
  }
}

/**
 * Creates `match()` or `search()`: RFC 9535, 2.4.6 and 2.4.7. Invalid patterns and values other than strings never
 * match.
 */
function createRegExpFunction(isFullMatch: boolean): (text: unknown, pattern: unknown) => boolean {
  const compiled = new Map<string, RE2JS | undefined>();
  return (text, pattern) => {
    if (typeof text !== "string" || typeof pattern !== "string") return false;
    if (!compiled.has(pattern)) compiled.set(pattern, compilePattern(pattern));
    const matcher = compiled.get(pattern)?.matcher(text);
    return (isFullMatch ? matcher?.matches() : matcher?.find()) ?? false;
  };
}

function compilePattern(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}
