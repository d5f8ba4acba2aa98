/** The audit log of a process: gathers entries with their clients, and writes them in batches. */
import { AsyncLocalStorage } from "node:async_hooks";
import { AppError } from "../../errors.ts";
import type { Caller } from "../types.ts";
import type { RecordArguments } from "./argument-rules.ts";
import type { AuditSink } from "./sinks.ts";
import type { AuditActor, AuditEntry, AuditLog, AuditScope } from "./types.ts";

/** Entries that wait for a log that cannot be written. Later ones are lost, and their number is recorded. */
const MAX_WAITING = 20_000;
const RETRY_MS = 1000;
/** The time between two checkpoints in the general log. */
const CHECKPOINT_MS = 3_600_000;

export interface AuditLogOptions {
  readonly sink: AuditSink;
  readonly recordArguments: RecordArguments;
  readonly isRequired: boolean;
  readonly now: () => Date;
  /** Called when writing begins to fail, and when it works again. */
  readonly onProblem: (problem: string | undefined) => void;
  /** Receives the number and the hash of the last line at the start, at the end, and once an hour. */
  readonly onCheckpoint: (link: AuditSink["link"]) => void;
}

/** What an entry gets besides its own fields. `actor` is replaced when a client authenticates late. */
interface Context {
  client: { actor: AuditActor } | undefined;
  readonly scope: AuditScope;
}

export function createAuditLog(options: AuditLogOptions): AuditLog {
  return new BatchedAuditLog(options);
}

class BatchedAuditLog implements AuditLog {
  readonly isOn = true;
  readonly #options: AuditLogOptions;
  readonly #contexts = new AsyncLocalStorage<Context>();
  #waiting: string[] = [];
  #lost = 0;
  #problem: string | undefined;
  #flushing: Promise<void> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #checkpointAt = 0;
  #isClosed = false;

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  record(entry: AuditEntry): void {
    this.#add(JSON.stringify(this.#describe(entry)));
  }

  runAs<Result>(actor: AuditActor, work: () => Result): Result {
    return this.#contexts.run({ client: { actor }, scope: {} }, work);
  }

  within<Result>(scope: AuditScope, work: () => Result): Result {
    const outer = this.#contexts.getStore();
    return this.#contexts.run({ client: outer?.client, scope: { ...outer?.scope, ...scope } }, work);
  }

  identify(caller: Caller): void {
    const client = this.#contexts.getStore()?.client;
    if (client) client.actor = { ...client.actor, caller };
  }

  assertWritable(): void {
    if (!this.#options.isRequired || this.#problem === undefined) return;
    throw new AppError(
      "audit_unavailable",
      "Nothing can be done at present: the audit log cannot be written.",
      {
        detail: this.#problem,
        retryable: true,
        retryAfterMs: RETRY_MS * 5,
      },
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    while (this.#flushing) await this.#flushing;
    if (this.#waiting.length > 0) await this.#flush();
    this.#options.onCheckpoint(this.#options.sink.link);
    await this.#options.sink.close();
  }

  #describe({ event, session, turn, ...fields }: AuditEntry): Record<string, unknown> {
    const { client, scope } = this.#contexts.getStore() ?? { client: undefined, scope: {} };
    const args = "arguments" in fields ? this.#options.recordArguments(fields.arguments) : undefined;
    const isApproved = "approval" in fields && fields.approval === "person";
    return {
      at: this.#options.now().toISOString(),
      event,
      ...(client && describeActor(client.actor)),
      session: session ?? scope.session,
      turn: turn ?? scope.turn,
      ...fields,
      approvedBy: isApproved ? client?.actor.caller?.id : undefined,
      arguments: args,
    };
  }

  #add(entry: string): void {
    // An attempt after the end would open the file again, and nobody would close it.
    if (this.#isClosed || this.#waiting.length >= MAX_WAITING) {
      this.#lost++;
      return;
    }
    this.#waiting.push(entry);
    if (this.#flushing || this.#problem !== undefined) return;
    // Entries of the same moment share a batch.
    this.#flushing = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#flush())
      .finally(() => {
        this.#flushing = undefined;
      });
  }

  /** Writes all entries. Never rejects: what cannot be written waits for the next attempt. */
  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const lost = this.#lost;
      const at = this.#options.now().toISOString();
      const note = lost > 0 ? [JSON.stringify({ at, event: "entries_lost", count: lost })] : [];
      try {
        await this.#options.sink.write([...batch, ...note]);
      } catch (error) {
        this.#waiting = [...batch, ...this.#waiting];
        this.#fail(error instanceof Error ? error.message : String(error));
        return;
      }
      this.#lost -= lost;
      if (this.#problem !== undefined) this.#options.onProblem(undefined);
      this.#problem = undefined;
      this.#checkpoint();
    }
  }

  #fail(problem: string): void {
    if (this.#problem === undefined) this.#options.onProblem(problem);
    this.#problem = problem;
    if (this.#isClosed) return;
    this.#retry = setTimeout(() => {
      this.#flushing = this.#flush().finally(() => {
        this.#flushing = undefined;
      });
    }, RETRY_MS);
    this.#retry.unref();
  }

  #checkpoint(): void {
    const now = this.#options.now().getTime();
    if (now - this.#checkpointAt < CHECKPOINT_MS) return;
    this.#checkpointAt = now;
    this.#options.onCheckpoint(this.#options.sink.link);
  }
}

function describeActor({ caller, address, request }: AuditActor): Record<string, unknown> {
  const identity = caller?.identity;
  return {
    caller: caller?.id,
    kind: caller?.kind,
    user: identity?.user,
    organization: identity?.organization,
    authentication: identity?.method,
    key: identity?.keyName,
    address: address || undefined,
    request,
  };
}
