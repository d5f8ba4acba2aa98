/** Reads server-sent events (HTML Living Standard, section 9.2) and returns the data of each. */
export class EventReader {
  readonly #decoder = new TextDecoder();
  /** The text after the last complete line. */
  #rest = "";
  /** The data lines of the event that is not complete. */
  #data: string | undefined;

  /** Returns the data of the events that this chunk completes. Other fields and comments are skipped. */
  read(chunk: Uint8Array): readonly string[] {
    const text = this.#rest + this.#decoder.decode(chunk, { stream: true });
    const events: string[] = [];
    let at = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", at)) {
      this.#readLine(
        text,
        at,
        text.charCodeAt(end - 1) === CARRIAGE_RETURN && end > at ? end - 1 : end,
        events,
      );
      at = end + 1;
    }
    this.#rest = at === 0 ? text : text.slice(at);
    return events;
  }

  #readLine(text: string, from: number, to: number, events: string[]): void {
    if (to === from) {
      if (this.#data !== undefined) events.push(this.#data);
      this.#data = undefined;
    } else if (text.startsWith("data:", from)) {
      const valueAt = from + (text.charCodeAt(from + 5) === SPACE ? 6 : 5);
      const value = text.slice(valueAt, to);
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    }
  }
}

const CARRIAGE_RETURN = 13;
const SPACE = 32;
