/** The types of a running server: what it has ({@link App}), and what it needs from outside ({@link Ports}). */
import type { AuditLog } from "./access/audit/types.ts";
import type { ReplaceableAuthenticator } from "./access/authentication/types.ts";
import type { Authorizer } from "./access/authorization/types.ts";
import type { Limiter } from "./access/limits/types.ts";
import type { SessionClaims } from "./access/session-claims.ts";
import type { CallerShares } from "./access/shares.ts";
import type { BrowserSignIn } from "./access/sign-in/types.ts";
import type { Identity } from "./access/types.ts";
import type { ApiRegistry } from "./apis/api-registry.ts";
import type { ApisPorts } from "./apis/load-apis.ts";
import type { Config } from "./config/settings.ts";
import type { AgentModel } from "./model/agent/types.ts";
import type { Model } from "./model/types.ts";
import type { Page } from "./page/types.ts";
import type { ResultStore } from "./results/types.ts";
import type { FileCache } from "./store/file-cache.ts";
import type { HandedOverRounds } from "./store/handed-over-rounds.ts";
import type { EventBus, SessionStore } from "./store/types.ts";
import type { Log } from "./telemetry/log.ts";
import type { Telemetry, Traces } from "./telemetry/types.ts";

/** The interfaces to the outside world, and implementations that a test or a host provides in place of the configured ones. */
export interface Ports extends ApisPorts {
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
  /** Settings for connections to AWS: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and PEM certificates of further authorities. */
  readonly network?: {
    readonly proxies: Readonly<Record<string, string | undefined>>;
    readonly certificates?: string | undefined;
  };
  /** Returns what the process uses, for metrics. */
  readonly usage?: () => ProcessUsage;
  readonly model?: Model;
  readonly agents?: AgentModel;
  readonly store?: SessionStore;
  /** Returns the user of a request that a host application has authenticated, or undefined: the request is then refused. */
  readonly identify?: (headers: Headers) => Promise<Identity | undefined>;
}

export interface ProcessUsage {
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly cpuSeconds: number;
  /** Seconds since 1970. */
  readonly startedAt: number;
}

/** Everything a running server has. */
export interface App {
  readonly apis: ApiRegistry;
  readonly config: Config;
  readonly version: string;
  readonly log: Log;
  readonly now: () => Date;
  readonly sleep: Ports["sleep"];
  /** The shares of callers in pools. */
  readonly shares: CallerShares;
  readonly fetch: Ports["fetch"];
  readonly model: Model;
  /** The default model. */
  readonly modelId: string;
  /** The models that a client may select, the default first. */
  readonly models: readonly string[];
  readonly isDemoModel: boolean;
  /** Bedrock agents, and the owners of their sessions. Undefined when AWS is not configured. */
  readonly agents?: { readonly model: AgentModel; readonly claims: SessionClaims };
  /** A text for every user before the first message. */
  readonly notice: string | undefined;
  /** Warnings for the operator at start. */
  readonly warnings: readonly string[];
  readonly store: SessionStore;
  /** Signs the cookies of browsers. */
  readonly cookieKey: string;
  /** Set when several processes serve the same sessions. */
  readonly bus?: EventBus;
  readonly authenticator: ReplaceableAuthenticator;
  /** Signs users of the page in and out. Undefined when the server needs no authentication. */
  readonly signIn?: BrowserSignIn | undefined;
  readonly authorizer: Authorizer;
  readonly limits: Limiter;
  /** The store deletes unused sessions without calls of `expire()`. */
  readonly expiresItself: boolean;
  readonly files: FileCache;
  readonly handedOver: HandedOverRounds;
  /** API responses that are too long for a model. */
  readonly results: ResultStore;
  readonly page: Page;
  readonly audit: AuditLog;
  readonly telemetry: Telemetry;
  /** Undefined when tracing is off. */
  readonly traces?: Traces | undefined;
}
