/**
 * A session while somebody is using it: its turns run one after the other, each is stored before its end is announced, and
 * what happens goes to one listener.
 */
import { randomUUID } from "node:crypto";
import type { Caller } from "./access/types.ts";
import type { App } from "./app.ts";
import { SessionAttachments } from "./attachments.ts";
import { NoteTaker } from "./chat/note-taker.ts";
import { messageRoom } from "./chat/request.ts";
import { TokenRatios } from "./chat/tokens.ts";
import { turn } from "./chat/turn.ts";
import type { Message, MessageId, ResultFile, SessionId, TurnEvent, TurnId } from "./chat/types.ts";
import { type History, newestNeeded, visibleHistory } from "./chat/visible.ts";
import { toldError } from "./config/error-texts.ts";
import type { Config } from "./config/settings.ts";
import { checkQuestion, type Question } from "./question.ts";
import { type Credentials, SessionCredentials } from "./session-credentials.ts";
import { logCall, logTurn } from "./telemetry/turn-log.ts";
import type { FileContent } from "./tools/types.ts";
import { turnSystem, turnTools } from "./turn-tools.ts";

/** `seq` counts the events of the session's story from 1; a notice belongs to no story and has the last one's. */
export type SessionListener = (event: TurnEvent, turnId: TurnId, seq: number) => void;

export class LiveSession {
  readonly id = randomUUID() as SessionId;
  readonly credentials: SessionCredentials;
  readonly #app: App;
  readonly #caller: Caller;
  readonly #listener: SessionListener;
  readonly #waiting: Question[] = [];
  #running: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;
  readonly #ratios = new TokenRatios();
  readonly #notes: NoteTaker;
  readonly #attachments: SessionAttachments;
  #stored = false;
  #seq = 0;

  constructor(app: App, caller: Caller, credentials: Credentials, listener: SessionListener) {
    this.#app = app;
    this.#caller = caller;
    this.credentials = new SessionCredentials(credentials);
    this.#listener = listener;
    this.#attachments = new SessionAttachments(app.files, { owner: caller.id, session: this.id });
    const place = { session: this.id, caller: caller.id };
    const summarize = app.config.summarize && !app.isDemoModel;
    this.#notes = new NoteTaker(
      this.id,
      { ...app.config, summarize },
      {
        store: app.store,
        model: app.model,
        now: app.now,
        spent: (spent) => app.telemetry.spent(spent, place),
        failed: (error) => app.log.warning("notes failed", { session: this.id, detail: String(error) }),
      },
    );
  }

  /** @throws AppError `message_too_long`, `bad_request` or `queue_full`; the session is then as it was. */
  ask(question: Question): void {
    checkQuestion(question, this.#app, this.#waiting.length);
    this.#waiting.push(question);
    this.#next();
  }

  /** Stops the running turn, if any; those that wait go on. */
  stop(): void {
    this.#running?.abort.abort();
  }

  /** Stops the running turn and forgets those that wait. Resolves when all of it is stored. */
  async settle(): Promise<void> {
    this.#waiting.length = 0;
    this.stop();
    await this.idle();
    await this.#notes.stop();
  }

  /** Resolves when no turn is running or waiting. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running.done;
  }

  async history(): Promise<readonly Message[]> {
    return (await this.#app.store.read(this.id))?.messages ?? [];
  }

  /** Forgets the conversation; a running turn is stopped first. */
  async clear(): Promise<void> {
    await this.settle();
    await this.#app.store.clear(this.id);
    this.#app.files.forget(this.id);
    await this.#app.results.forget(this.id);
  }

  #next(): void {
    if (this.#running) return;
    const question = this.#waiting.shift();
    if (!question) return;
    const abort = new AbortController();
    const done = this.#run(question, abort.signal).finally(() => {
      this.#running = undefined;
      this.#next();
    });
    this.#running = { abort, done };
  }

  /** Never rejects. */
  async #run(
    { message, model = this.#app.modelId, attachments = [] }: Question,
    signal: AbortSignal,
  ): Promise<void> {
    const { config } = this.#app;
    const apis = this.#app.apis.current;
    const { toolbox, toolTokens, offered } = apis;
    const id = randomUUID() as TurnId;
    const input = {
      id,
      history: await this.#load(id),
      message,
      attachments: this.#attachments.keep(attachments),
      model,
      system: turnSystem(this.#app, apis),
      tools: offered,
      toolTokens,
      caller: this.#caller.id,
      file: (id: string) => this.#app.files.read(id)?.bytes,
    };
    const ports = {
      model: this.#app.model,
      ...turnTools(this.#app, {
        session: this.id,
        model,
        apis,
        context: (signal) => ({
          signal,
          credentials: this.credentials.all,
          keepFile: (file) => this.#keepFile(file),
          attachment: (name) => this.#attachments.find(name),
        }),
        progress: (message) => this.#tell({ type: "notice", code: "progress", message }, id),
      }),
      ratios: this.#ratios,
      now: this.#app.now,
      newId: () => randomUUID() as MessageId,
    };
    const endpoint = (name: string) => {
      const operation = toolbox.find(name)?.operation;
      return operation && `${operation.method} ${operation.path}`;
    };
    const place = { session: this.id, caller: this.#caller.id, turn: id, endpoint };
    for await (const event of turn(input, config, ports, signal)) {
      this.#app.telemetry.observe(event, place);
      if (event.type === "call_ended" && config.logApiCalls) logCall(this.#app.log, event.result, place);
      if (event.type === "turn_ended") {
        await this.#keep(event.end.messages, id);
        const { log, model, telemetry } = this.#app;
        const costs = telemetry.costs(place.session, place.caller);
        if (event.end.outcome === "answered" || config.logErrors)
          logTurn(log, event.end, place, costs, model.cost);
      }
      this.#tell(told(event, config), id);
    }
    const room = messageRoom(input, config, this.#app.model.limits(model), this.#ratios.of(model));
    if (room !== undefined) this.#notes.turnEnded(model, room, this.#caller.id);
  }

  #tell(event: TurnEvent, turnId: TurnId): void {
    if (event.type !== "notice") this.#seq += 1;
    this.#listener(event, turnId, this.#seq);
  }

  async #load(turnId: TurnId): Promise<History> {
    const newest = newestNeeded(this.#app.config.maxConversationMessages);
    const found = await this.#app.store.read(this.id, { newest });
    if (found) return visibleHistory(found, found.summary);
    await this.#app.store.create({
      id: this.id,
      owner: this.#caller.id,
      createdAt: this.#app.now().toISOString(),
    });
    if (this.#stored) this.#tell(FORGOTTEN, turnId);
    this.#stored = true;
    return { messages: [], skipped: 0 };
  }

  async #keep(messages: readonly Message[], turnId: TurnId): Promise<void> {
    // The session may have left memory while the turn ran; it is then kept anew, with this turn as its first.
    if (!(await this.#app.store.read(this.id, { newest: 0 }))) await this.#load(turnId);
    await this.#app.store.append(this.id, messages);
  }

  #keepFile({ name, mediaType, bytes }: FileContent): ResultFile {
    const file = { id: randomUUID(), name, mediaType, size: bytes.length };
    const { id: owner } = this.#caller;
    this.#app.files.keep({ ...file, owner, session: this.id, bytes: new Uint8Array(bytes) });
    return file;
  }
}

/** Errors in the words of the settings. */
function told(event: TurnEvent, config: Config): TurnEvent {
  if (event.type !== "turn_ended" || event.end.outcome !== "failed") return event;
  return { ...event, end: { ...event.end, error: toldError(event.end.error, config) } };
}

const FORGOTTEN: TurnEvent = {
  type: "notice",
  code: "history_trimmed",
  message: "This conversation was idle for too long: what was said before is no longer known.",
};
