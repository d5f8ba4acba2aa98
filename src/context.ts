/** The types of a running server: what it has ({@link App}), and what it needs from outside ({@link Ports}). */
import type { SessionClaims } from "./access/session-claims.ts";
import type { RateLimiter } from "./access/types.ts";
import type { ApiRegistry } from "./apis/api-registry.ts";
import type { ApisPorts } from "./apis/load-apis.ts";
import type { Config } from "./config/settings.ts";
import type { AgentModel } from "./model/agent/types.ts";
import type { Model } from "./model/types.ts";
import type { Page } from "./page/types.ts";
import type { ResultStore } from "./results/types.ts";
import type { FileStore } from "./store/file-store.ts";
import type { EventBus, SessionStore } from "./store/types.ts";
import type { Log } from "./telemetry/log.ts";
import type { Telemetry, Traces } from "./telemetry/types.ts";

/** What the app needs of the outside world, and what a test or a host may put in place of its own choices. */
export interface Ports extends ApisPorts {
  /** 0 to 1. */
  readonly random: () => number;
  /** How Bedrock is reached: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and PEM certificates of further authorities. */
  readonly network?: {
    readonly proxies: Readonly<Record<string, string | undefined>>;
    readonly certificates?: string | undefined;
  };
  readonly model?: Model;
  readonly agents?: AgentModel;
  readonly store?: SessionStore;
}

export interface App {
  readonly apis: ApiRegistry;
  readonly config: Config;
  readonly version: string;
  readonly log: Log;
  readonly now: () => Date;
  readonly sleep: Ports["sleep"];
  readonly model: Model;
  /** The one that answers when a client names none, and all that a client may name. */
  readonly modelId: string;
  readonly models: readonly string[];
  readonly isDemoModel: boolean;
  /** Agents of Bedrock, and whose their sessions are; undefined where nobody has set AWS up. */
  readonly agents?: { readonly model: AgentModel; readonly claims: SessionClaims };
  /** What everybody who chats should know beforehand. */
  readonly notice: string | undefined;
  /** For the operator, at start. */
  readonly warnings: readonly string[];
  readonly store: SessionStore;
  /** Where several processes serve the same sessions. */
  readonly bus?: EventBus;
  /** Over all of them. */
  readonly rateLimit?: RateLimiter;
  /** Sessions that nobody uses leave the store without being asked to. */
  readonly expiresItself: boolean;
  readonly files: FileStore;
  /** Answers of APIs that are too long for a model. */
  readonly results: ResultStore;
  readonly page: Page;
  readonly telemetry: Telemetry;
  /** Undefined: model calls are told to no collector. */
  readonly traces?: Traces | undefined;
}
