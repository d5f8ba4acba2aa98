/** Template expressions inside of objects that are formatted as YAML. */

export class Expressions {
  readonly #texts: string[] = [];

  /** Returns a word that stands for `{{ text }}` in the object. */
  add(text: string): string {
    this.#texts.push(`{{ ${text} }}`);
    return this.#word(this.#texts.length - 1);
  }

  /** Returns a word for a map or a list from the values, `indent` spaces deep. */
  addBlock(value: string, indent: number): string {
    this.#texts.push(`{{- toYaml ${value} | nindent ${indent} }}`);
    return this.#word(this.#texts.length - 1);
  }

  /** Puts the expressions in the place of their words. */
  insert(yaml: string): string {
    return yaml.replace(/\bexpression-(\d+)-end\b/g, (word, index) => this.#texts[Number(index)] ?? word);
  }

  #word(index: number): string {
    return `expression-${index}-end`;
  }
}
