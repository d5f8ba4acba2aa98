/** The inputs of a turn, and where its events go. */
import type { TurnPermit } from "../access/limits/types.ts";
import type { Caller } from "../access/types.ts";
import type { TokenRatios } from "../chat/tokens.ts";
import type { ChatEvent, DecidedRound, Message, TurnId, WaitingTurn } from "../chat/types.ts";
import type { App } from "../context.ts";
import type { Session, StoredSession } from "../store/types.ts";
import type { SessionAttachments } from "./attachments.ts";
import type { ClientOverrides } from "./client-overrides.ts";
import type { SessionCredentials } from "./credentials.ts";
import type { TurnJournal } from "./turn-journal.ts";
import type { TurnRequest } from "./turn-request.ts";

/** The members of the app that a turn uses. */
export type TurnApp = Pick<
  App,
  | "apis"
  | "audit"
  | "authorizer"
  | "config"
  | "files"
  | "limits"
  | "log"
  | "model"
  | "modelId"
  | "models"
  | "now"
  | "results"
  | "shares"
  | "telemetry"
>;

/** Publishes one event of a turn. `requestId` identifies the request that began it. */
export type PublishEvent = (event: ChatEvent, turnId: TurnId, requestId?: unknown) => void;

export interface TurnContext {
  readonly app: TurnApp;
  /** The session as it is before the turn. */
  readonly session: Session;
  /** The messages before those of the turn. */
  readonly history: Pick<StoredSession, "messages" | "skipped" | "summary">;
  readonly credentials: SessionCredentials;
  readonly attachments: SessionAttachments;
  readonly ratios: TokenRatios;
  readonly permit: TurnPermit;
  readonly publish: PublishEvent;
  /** Persists what the turn adds. Unset: nothing is stored, since the client keeps the history. */
  readonly journal?: TurnJournal | undefined;
  /** Called before the turn's request for approval is published. */
  readonly suspend?: ((turn: WaitingTurn) => void) | undefined;
  /** Receives each message that the turn adds to the history. */
  readonly onMessage?: ((message: Message) => void) | undefined;
  /** Set for a client that keeps the history. Such a turn ends where another would wait for approval. */
  readonly clientOverrides?: ClientOverrides | undefined;
}

/** A new turn. */
export interface NewTurn {
  readonly request: TurnRequest;
}

/** A turn that goes on after its pending calls are decided. */
export interface DecidedTurn {
  readonly id: TurnId;
  /** Who decided. Their permissions apply, not those of the request that began the turn. */
  readonly caller: Caller;
  readonly decided: DecidedRound;
  /** The messages of the turn, from its user message on. */
  readonly messages: readonly Message[];
  /** Whether further calls can wait for approval. Default: true. */
  readonly canApprove?: boolean | undefined;
}

export type TurnStart = NewTurn | DecidedTurn;

export interface TurnOutcome {
  readonly model: string;
  /** Estimated tokens for messages, next to the tools. Undefined when the tools leave none. */
  readonly messageTokenBudget: number | undefined;
}
