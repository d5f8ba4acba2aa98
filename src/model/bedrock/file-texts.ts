/**
 * Keeps the texts of files for the next round. A text goes with its file, which the owner of the file decides on: most files are
 * those of one turn. Beyond `maxLength` in total, the text that was used least recently goes first.
 */
export class FileTexts<Text extends { readonly length: number }> {
  readonly #entries = new WeakMap<Uint8Array, { readonly text: Text; readonly file: WeakRef<Uint8Array> }>();
  /** The lengths of the texts, in the order of their last use. */
  readonly #lengths = new Map<WeakRef<Uint8Array>, number>();
  readonly #gone = new FinalizationRegistry<WeakRef<Uint8Array>>((file) => this.#remove(file));
  readonly #maxLength: number;
  #length = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Returns the text of a file, if it is kept. */
  get(file: Uint8Array): Text | undefined {
    const entry = this.#entries.get(file);
    // Removed and added again, so that the map is ordered by use.
    if (entry && this.#remove(entry.file)) this.#add(entry.file, entry.text.length);
    return entry?.text;
  }

  set(file: Uint8Array, text: Text): void {
    const reference = this.#entries.get(file)?.file ?? this.#refer(file);
    this.#entries.set(file, { text, file: reference });
    this.#remove(reference);
    this.#add(reference, text.length);
    for (const oldest of this.#lengths.keys()) {
      if (this.#length <= this.#maxLength) break;
      this.#remove(oldest);
      const evicted = oldest.deref();
      if (evicted) this.#entries.delete(evicted);
    }
  }

  #refer(file: Uint8Array): WeakRef<Uint8Array> {
    const reference = new WeakRef(file);
    this.#gone.register(file, reference);
    return reference;
  }

  #add(file: WeakRef<Uint8Array>, length: number): void {
    this.#lengths.set(file, length);
    this.#length += length;
  }

  #remove(file: WeakRef<Uint8Array>): boolean {
    this.#length -= this.#lengths.get(file) ?? 0;
    return this.#lengths.delete(file);
  }
}
