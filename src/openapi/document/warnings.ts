/** Limit of lines for one description. A file that is missing can be named by hundreds of references. */
const MAX_LINES = 20;

/** Collects the problems of a description that cost less than an operation, each once. */
export class DocumentWarnings {
  readonly #lines = new Set<string>();

  add(location: string, problem: string): void {
    this.#lines.add(`${location}: ${problem}`);
  }

  /** One line for each problem. Beyond the limit, only their number. */
  get lines(): readonly string[] {
    const lines = [...this.#lines];
    if (lines.length <= MAX_LINES) return lines;
    return [...lines.slice(0, MAX_LINES), `${lines.length - MAX_LINES} more problems of this kind`];
  }
}
