/**
 * A session while it is in memory: its turns run one after the other, each step is stored before it is told, and whoever
 * watches its story sees it. It outlives those who watch.
 */
import { randomUUID } from "node:crypto";
import type { CallerId } from "../access/types.ts";
import { type ApprovalAnswer, decidedAs, withAnswer } from "../chat/approval.ts";
import { newestNeeded } from "../chat/context/history-window.ts";
import { NoteTaker } from "../chat/context/summarizer.ts";
import { failedEnd } from "../chat/failed-end.ts";
import { beginOfTurn } from "../chat/messages.ts";
import { TokenRatios } from "../chat/tokens.ts";
import type { Message, SessionId, TurnId, WaitingTurn } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError, detailOf } from "../errors.ts";
import { Story, type Told, type Watcher } from "../events/event-log.ts";
import type { StoryRoom } from "../events/memory-budget.ts";
import { SharedStory } from "../events/replicated-log.ts";
import type { Bus, Lease, StoredSession } from "../store/types.ts";
import type { Credentials } from "../tools/types.ts";
import { SessionAttachments } from "../turns/attachments.ts";
import { SessionCredentials } from "../turns/credentials.ts";
import { RecentMessages } from "../turns/message-cache.ts";
import { runTurn, type TurnStart } from "../turns/run-turn.ts";
import { checkQuestion, type Question } from "../turns/turn-request.ts";
import { HeldTurn } from "./pending-approval.ts";
import { Decisions, keepLease } from "./session-lease.ts";
import { StoredState } from "./session-recovery.ts";

const LOOK_AGAIN_MS = 2000;
/** Looks at a session that changes all the time. */
const MOST_LOOKS = 10;

export interface SessionAnswer extends ApprovalAnswer {
  readonly approvalId: string;
  /** These operations need no approval any more in this session. */
  readonly forSession: boolean;
}

/** What is to be done next, with the right to do it. */
interface Begun {
  readonly lease: Lease;
  readonly stored: StoredSession;
  readonly start: TurnStart;
}

export class LiveSession {
  readonly id: SessionId;
  readonly owner: CallerId;
  readonly credentials: SessionCredentials;
  readonly story: Story;
  readonly #app: App;
  readonly #waiting: Question[] = [];
  readonly #ratios = new TokenRatios();
  readonly #notes: NoteTaker;
  readonly #attachments: SessionAttachments;
  readonly #shared: SharedStory | undefined;
  readonly #recent: RecentMessages;
  #running:
    | { readonly abort: AbortController; readonly done: Promise<void>; readonly asker: unknown }
    | undefined;
  readonly #decisions: Decisions;
  /** Stops the turn that is run here: it has begun, and has the session. */
  #turn: AbortController | undefined;
  /** A turn waits for a person; questions wait for it. */
  readonly #held: HeldTurn;
  readonly #state: StoredState;
  #watching: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App, id: SessionId, owner: CallerId, credentials: Credentials, room?: StoryRoom) {
    this.#app = app;
    this.id = id;
    this.owner = owner;
    this.credentials = new SessionCredentials(credentials);
    this.story = new Story(id, room);
    this.#shared = app.bus && this.#share(app.bus);
    this.#decisions = new Decisions(app, id);
    this.#held = new HeldTurn({
      now: app.now,
      expired: () => this.#endHeld("expired"),
      failed: (error) => this.#unexpected(error),
    });
    this.#recent = new RecentMessages(app.store, id, newestNeeded(app.config.maxConversationMessages));
    this.#state = new StoredState({
      app,
      id,
      owner,
      story: this.story,
      recent: this.#recent,
      held: this.#held,
      catchUp: () => this.#shared?.catchUp(),
    });
    this.#attachments = new SessionAttachments(app.files, { owner, session: id });
    const place = { session: id, caller: owner };
    const summarize = app.config.summarize && !app.isDemoModel;
    this.#notes = new NoteTaker(
      id,
      { ...app.config, summarize },
      {
        store: {
          read: () => this.#recent.read(),
          summarize: (session, summary) => app.store.summarize(session, summary),
        },
        model: app.model,
        now: app.now,
        spent: (spent) => app.telemetry.spent(spent, place),
        failed: (error) => app.log.warning("notes failed", { session: id, detail: String(error) }),
      },
    );
  }

  /** Nothing runs and nobody watches: it may leave memory. A turn that waits for a person is stored. */
  get isIdle(): boolean {
    return this.#running === undefined && this.#waiting.length === 0 && !this.story.isWatched;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** @throws AppError `message_too_long`, `bad_request` or `queue_full`; the session is then as it was. */
  ask(question: Question): void {
    checkQuestion(question, this.#app, this.#waiting.length);
    this.#waiting.push(question);
    this.#next();
  }

  watch(watcher: Watcher): () => void {
    const leave = this.story.watch(watcher);
    return () => {
      leave();
      // As long as nobody is there, the messages need no room beside the store.
      if (!this.story.isWatched) this.#recent.forget();
    };
  }

  /** Answers a request for approval. @throws AppError `approval_not_found`: there is none, or it was answered, or it is too late. */
  async approve(answer: SessionAnswer): Promise<void> {
    if (!(await this.#isHeld())) throw gone();
    await this.idle();
    const begun = await this.#decisions.make((lease) => this.#answered(lease, answer));
    if (begun) this.#go(begun);
  }

  /** Stops the running turn, or the one that waits for a person; questions that wait go on. */
  async stop(): Promise<void> {
    if (await this.#isHeld()) {
      await this.idle();
      return await this.#endHeld("stopped");
    }
    this.#stopRunning();
  }

  /** Also a question whose turn has not come; whose turn it is then is stopped where it runs. */
  #stopRunning(): void {
    this.#running?.abort.abort();
    if (!this.#turn) this.#shared?.command("stop");
  }

  /** Whether a turn waits for a person, here or as it is stored. */
  async #isHeld(): Promise<boolean> {
    if (!this.#running && !this.#held.isThere) await this.read({ newest: 0 });
    return this.#held.isThere;
  }

  /** Stops what this asker has asked alone, also before its turn has come. */
  stopAsked(asker: unknown): void {
    if (this.#running && this.#running.asker === asker) {
      this.#running.abort.abort();
      return;
    }
    const index = this.#waiting.findIndex((question) => question.asker === asker);
    if (index === -1) return;
    this.#waiting.splice(index, 1);
    this.#fail(new AppError("cancelled", "Stopped."), asker);
  }

  /** Stops the running turn and forgets those that wait. Resolves when all of it is stored. */
  async settle(): Promise<void> {
    this.#waiting.length = 0;
    this.#running?.abort.abort();
    await this.idle();
    await this.#notes.stop();
  }

  /** It leaves memory: what is stored of it stays. */
  async leave(): Promise<void> {
    await this.settle();
    this.#held.release();
    clearTimeout(this.#watching);
    this.#shared?.leave();
    this.story.forget();
  }

  /** What was told after `seq`; undefined: it is not known any more. @throws AppError `store_unavailable` */
  async since(seq: number): Promise<readonly Told[] | undefined> {
    return this.#shared ? await this.#shared.since(seq) : this.story.since(seq);
  }

  /** The turn that runs or waits, and the number of what came before it; undefined: its beginning is known nowhere any more. */
  async openTurn(): Promise<Story["openTurn"]> {
    if (!this.story.openTurn) await this.#shared?.recall();
    return this.story.openTurn;
  }

  /** Resolves when no turn is running or about to. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running.done;
  }

  /** As it is stored, a turn that was interrupted closed. Undefined: there is nothing yet. */
  async read(options?: { readonly newest?: number }): Promise<StoredSession | undefined> {
    await this.#shared?.join();
    const stored = await this.#app.store.read(this.id, options);
    if (!stored) return undefined;
    if (!this.#running) this.#state.remember(stored.session);
    if (stored.session.turn?.status !== "running" || this.#running) return stored;
    await this.#recover();
    return await this.#app.store.read(this.id, options);
  }

  /** One story with those who have the session in other processes. */
  #share(bus: Bus): SharedStory {
    return new SharedStory(this.story, bus, {
      read: async () => (await this.#recent.read())?.messages ?? [],
      received: ({ event }) => {
        if (event.type === "turn_waiting") this.#held.hold(event.turn);
        if (event.type !== "turn_ended") return;
        this.#held.release();
        this.#next();
      },
      command: (command) => {
        if (command === "cleared") this.story.cleared();
        else this.#turn?.abort();
      },
      failed: (error) => this.#unexpected(error),
    });
  }

  /** The newest messages as they stand behind what was told just now. */
  async readState(newest: number): Promise<StoredSession | undefined> {
    await this.#shared?.catchUp();
    for (let attempt = 1; ; attempt++) {
      const { changes } = this.story;
      const stored = await this.read({ newest });
      if (changes === this.story.changes || attempt === MOST_LOOKS) return stored;
    }
  }

  async history(): Promise<readonly Message[]> {
    return (await this.read())?.messages ?? [];
  }

  /** Forgets the conversation; a running turn is stopped first, wherever it runs. */
  async clear(): Promise<void> {
    this.#stopRunning();
    await this.settle();
    await this.#decisions.make(async () => {
      await this.#app.store.clear(this.id, this.#app.now().toISOString());
      this.#held.release();
      this.#recent.forget();
    });
    this.#app.files.forget(this.id);
    await this.#app.results.forget(this.id);
    this.story.cleared();
    this.#shared?.command("cleared");
  }

  #next(): void {
    if (this.#running || this.#held.isThere) return;
    const question = this.#waiting.shift();
    if (!question) return;
    const abort = new AbortController();
    this.#track(abort, this.#ask(question, abort), question.asker);
  }

  #go(begun: Begun, abort = new AbortController()): void {
    this.#track(abort, this.#run(begun, abort));
  }

  #track(abort: AbortController, work: Promise<void>, asker?: unknown): void {
    const done = work
      .catch((error: unknown) => this.#unexpected(error))
      .finally(() => {
        this.#running = undefined;
        this.#next();
      });
    this.#running = { abort, done, asker };
  }

  async #ask(question: Question, abort: AbortController): Promise<void> {
    let begun: Begun | undefined;
    try {
      await this.#shared?.join();
      begun = await this.#decisions.make((lease) => this.#asked(lease, question), abort.signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return this.#fail(error, question.asker);
    }
    if (begun) await this.#run(begun, abort);
  }

  async #run({ lease, stored, start }: Begun, abort: AbortController): Promise<void> {
    const { story, credentials } = this;
    const release = keepLease(this.#app, lease, () => abort.abort());
    this.#turn = abort;
    try {
      const place = {
        app: this.#app,
        story,
        credentials,
        attachments: this.#attachments,
        ratios: this.#ratios,
        lease,
        stored,
        recent: this.#recent,
        // Before anybody is asked: they may answer at once.
        hold: (turn: WaitingTurn) => this.#held.hold(turn),
      };
      const { model, room } = await runTurn(place, start, abort.signal);
      if (!this.#held.isThere && room !== undefined) this.#notes.turnEnded(model, room, this.owner);
    } finally {
      this.#turn = undefined;
      await release();
    }
  }

  /** Undefined: a turn waits for a person, and the question for it. */
  async #asked(lease: Lease, question: Question): Promise<Begun | undefined> {
    const stored = await this.#state.open(lease);
    if (stored.session.turn?.status === "waiting") {
      this.#waiting.unshift(question);
      this.#held.hold(stored.session.turn);
      return undefined;
    }
    return { lease, stored, start: { question } };
  }

  async #answered(lease: Lease, answer: SessionAnswer): Promise<Begun | undefined> {
    const stored = await this.#recent.read();
    const turn = stored?.session.turn;
    if (
      !stored ||
      turn?.status !== "waiting" ||
      turn.approval.id !== answer.approvalId ||
      this.#held.isLate(turn)
    )
      throw gone();
    this.#state.remember(stored.session);
    const names = answer.forSession && answer.approved ? namesOf(turn, answer) : [];
    const next = withAnswer(turn, answer, (call) => names.includes(call.name));
    const allowed = [...new Set([...stored.session.allowed, ...names])];
    return await this.#goOn(lease, { ...stored, session: { ...stored.session, allowed } }, next);
  }

  /** A turn that was decided on: all of it, and it runs on; some, and the person is asked for the rest. */
  async #goOn(lease: Lease, stored: StoredSession, turn: WaitingTurn): Promise<Begun | undefined> {
    const isWaiting = turn.approval.calls.length > 0;
    const { id } = turn;
    // Before anything is sent: a decision is used once, whatever happens.
    await this.#app.store.write(
      this.id,
      {
        at: this.#app.now().toISOString(),
        turn: isWaiting ? turn : { status: "running", id },
        allowed: stored.session.allowed,
        seq: this.story.seq + (isWaiting ? 1 : 0),
      },
      lease,
    );
    if (isWaiting) {
      this.#held.hold(turn);
      this.story.tell({ type: "turn_waiting", turn }, id);
      return undefined;
    }
    this.#held.release();
    const begin = beginOfTurn(stored.messages);
    const before = { ...stored, messages: stored.messages.slice(0, begin) };
    return { lease, stored: before, start: { waiting: turn, messages: stored.messages.slice(begin) } };
  }

  /** Nobody will answer any more: what was held is not carried out, and the turn ends without another word of the model. */
  async #endHeld(outcome: "expired" | "stopped"): Promise<void> {
    const begun = await this.#decisions.make(async (lease) => {
      const stored = await this.#recent.read();
      const turn = stored?.session.turn;
      if (!stored || turn?.status !== "waiting" || (outcome === "expired" && !this.#held.isLate(turn)))
        return;
      this.#state.remember(stored.session);
      return await this.#goOn(lease, stored, decidedAs(turn, outcome));
    });
    const abort = new AbortController();
    abort.abort();
    if (begun) this.#go(begun, abort);
  }

  /** A turn that is stored as running, and that nobody runs: it is closed. */
  async #recover(): Promise<void> {
    const isDone = await this.#decisions.makeIfFree(async (lease) => {
      await this.#state.open(lease);
    });
    if (!isDone) this.#lookAgain();
  }

  /** Somebody else runs the turn. If they die, nobody tells: as long as it is watched, it is looked at. */
  #lookAgain(): void {
    clearTimeout(this.#watching);
    this.#watching = setTimeout(() => {
      if (this.story.isWatched) void this.read({ newest: 0 }).catch((error) => this.#unexpected(error));
    }, LOOK_AGAIN_MS);
    this.#watching.unref();
  }

  /** A question that never became a turn. */
  #fail(error: AppError, asker: unknown): void {
    const turnId = randomUUID() as TurnId;
    this.story.tell({ type: "turn_ended", turnId, end: failedEnd(error, this.#app.now()) }, turnId, asker);
  }

  #unexpected(error: unknown): void {
    this.#app.log.error("session failed", { session: this.id, detail: detailOf(error) });
  }
}

/** What is allowed for the session when these calls are. */
function namesOf({ approval }: WaitingTurn, { callIds }: ApprovalAnswer): readonly string[] {
  return approval.calls
    .filter(({ call }) => callIds === undefined || callIds.includes(call.id))
    .map(({ call }) => call.name);
}

function gone(): AppError {
  return new AppError(
    "approval_not_found",
    "This request for approval was answered already, or it has expired.",
  );
}
