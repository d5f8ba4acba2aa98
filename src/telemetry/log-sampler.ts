/** Counts log lines that repeat many times a second instead of writing them. */
import type { LineLevel, LogFields } from "./log-formats.ts";

/** Lines with the same event and the same fields that are written in a second. */
const MAX_LINES = 10;
const SECOND_MS = 1000;

/** Fields that differ between repetitions of a line. */
const VARIABLE_FIELDS: ReadonlySet<string> = new Set([
  "request",
  "session",
  "turn",
  "call",
  "trace_id",
  "ms",
]);

type WriteLine = (level: LineLevel, event: string, fields: LogFields) => void;

interface Repetition {
  readonly level: LineLevel;
  readonly event: string;
  readonly fields: LogFields;
  lines: number;
}

export class LogSampler {
  readonly #write: WriteLine;
  /** Event → its lines in this second. Only events with many lines are compared by their fields. */
  readonly #events = new Map<string, number>();
  readonly #repetitions = new Map<string, Repetition>();
  #secondEndsAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param write writes a summary: the line once more, with the number of `repeated` lines. */
  constructor(write: WriteLine) {
    this.#write = write;
  }

  /** Returns false for a line that is only counted. */
  admits(level: LineLevel, event: string, fields: LogFields): boolean {
    const now = performance.now();
    if (now >= this.#secondEndsAt) {
      this.#summarize();
      this.#secondEndsAt = now + SECOND_MS;
    }
    const lines = (this.#events.get(event) ?? 0) + 1;
    this.#events.set(event, lines);
    if (lines <= MAX_LINES) return true;
    const fixed = Object.fromEntries(Object.entries(fields).filter(([name]) => !VARIABLE_FIELDS.has(name)));
    const repetition = this.#repetitions.getOrInsertComputed(
      `${level} ${event} ${JSON.stringify(fixed)}`,
      () => ({ level, event, fields: fixed, lines: 0 }),
    );
    repetition.lines += 1;
    if (repetition.lines <= MAX_LINES) return true;
    this.#timer ??= setTimeout(() => this.#summarize(), SECOND_MS).unref();
    return false;
  }

  #summarize(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { level, event, fields, lines } of this.#repetitions.values())
      if (lines > MAX_LINES) this.#write(level, event, { ...fields, repeated: lines - MAX_LINES });
    this.#repetitions.clear();
    this.#events.clear();
  }
}
