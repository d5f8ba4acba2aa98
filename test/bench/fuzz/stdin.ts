/** Mutated messages of MCP over the standard input of one process: each request is answered in time, and it goes on. */
import fc from "fast-check";
import { isObject } from "../../../src/json.ts";
import { MODEL } from "../../support/harness.ts";
import { type Mutation, mutate, mutations, textChange } from "./mutation.ts";
import { SEED_MCP } from "./seed-bodies.ts";
import { inTime, type Surface } from "./surface.ts";

interface LineChange {
  readonly seed: unknown;
  readonly changes: readonly Mutation[] | null;
  readonly change: ((text: string) => string) | null;
}

export function createStdin(api: {
  readonly spec: string;
  readonly url: string;
}): Surface<readonly LineChange[]> {
  // Started for the first case: other surfaces may run alone.
  let process: McpProcess | undefined;
  const line = fc.record({
    seed: fc.constantFrom(...SEED_MCP),
    changes: fc.option(mutations, { freq: 5 }),
    change: fc.option(textChange, { freq: 8 }),
  });
  return {
    name: "standard input",
    share: 0.05,
    cases: fc.array(line, { minLength: 1, maxLength: 3 }),
    describe: (lines) => lines.map(write).join("\n"),
    async check(lines) {
      process ??= new McpProcess(api);
      await process.send(lines.map(write));
    },
    async close() {
      await process?.stop();
    },
  };
}

/** A line break ends a message. Half of a surrogate pair has no UTF-8. */
function write({ seed, changes, change }: LineChange): string {
  const text = JSON.stringify(changes ? mutate(seed, changes) : seed) ?? "";
  return (change ? change(text) : text).replaceAll("\n", " ").toWellFormed();
}

class McpProcess {
  readonly #child;
  readonly #exited: Promise<never>;
  /** The ids of answers since the last call. */
  #answered: unknown[] = [];
  #onAnswer = () => {};
  #errors = "";
  #count = 0;

  constructor({ spec, url }: { readonly spec: string; readonly url: string }) {
    const main = `${import.meta.dir}/../../../src/main.ts`;
    const argv = ["mcp", "--spec", spec, "--base-url", url, "--model", MODEL];
    this.#child = Bun.spawn([globalThis.process.execPath, main, ...argv], {
      env: { HOME: "/nonexistent", AWS_REGION: "us-east-1" },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#exited = this.#child.exited.then((code) => {
      throw new Error(`the process ended with ${code}: ${this.#errors}`);
    });
    this.#exited.catch(() => undefined);
    void this.#read();
    void this.#readErrors();
  }

  /** @throws Error when a request gets no answer, or when the process ends or reports an error. */
  async send(lines: readonly string[]): Promise<void> {
    this.#answered = [];
    const probe = `probe-${this.#count++}`;
    const expected = [...new Set([...listAnswers(lines), probe])];
    this.#write(...lines, JSON.stringify({ jsonrpc: "2.0", id: probe, method: "ping" }));
    const answered = new Promise<void>((resolve) => {
      this.#onAnswer = () => {
        if (expected.every((id) => this.#answered.includes(id))) resolve();
      };
    });
    await inTime(Promise.race([answered, this.#exited]), `all of ${expected.join(", ")}`);
    const [errors] = /^.* ERROR .*|^error: .*/m.exec(this.#errors) ?? [];
    this.#errors = "";
    if (errors !== undefined) throw new Error(`standard error: ${errors}`);
  }

  async stop(): Promise<void> {
    this.#child.kill();
    await this.#child.exited;
  }

  #write(...lines: readonly string[]): void {
    this.#child.stdin.write(`${lines.join("\n")}\n`);
    void this.#child.stdin.flush();
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(
      new TextDecoderStream() as never,
    ) as AsyncIterable<string>) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#receive(JSON.parse(line));
    }
  }

  #receive(message: { readonly id?: unknown; readonly method?: unknown }): void {
    if (message.method === undefined) this.#answered.push(message.id);
    // What the server asks the person.
    else if (message.id !== undefined)
      this.#write(JSON.stringify({ jsonrpc: "2.0", id: message.id, result: { action: "decline" } }));
    this.#onAnswer();
  }

  async #readErrors(): Promise<void> {
    for await (const bytes of this.#child.stderr) this.#errors += new TextDecoder().decode(bytes);
  }
}

/** Returns the ids of the requests, unless one of the lines cancels some: those get no answer. */
function listAnswers(lines: readonly string[]): readonly unknown[] {
  const messages = lines.map(parse).filter(isObject);
  if (messages.some(({ method }) => method === "notifications/cancelled")) return [];
  return messages
    .filter(({ jsonrpc, method }) => jsonrpc === "2.0" && typeof method === "string")
    .flatMap(({ id }) => (typeof id === "string" || Number.isSafeInteger(id) ? [id] : []));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
