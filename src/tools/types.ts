/** Operations as tools: what the model may call, and what is sent for a call. */
import type { ToolCall, ToolDefinition, ToolResult } from "../chat/types.ts";
import type { Operation, Rejection, SecurityScheme } from "../openapi/types.ts";

/** One API that tools are made from. */
export interface Api {
  /** Empty when there is only one. */
  readonly name: string;
  /** Where all its requests go: origin and base path, no trailing slash. */
  readonly baseUrl: string;
  readonly securitySchemes: Readonly<Record<string, SecurityScheme>>;
  /** Sent with every request: `--api-header`. Secret. */
  readonly headers: Readonly<Record<string, string>>;
}

/** An operation that the model may call. */
export interface Tool extends ToolDefinition {
  readonly api: Api;
  readonly operation: Operation;
  /** About how many tokens its definition costs in a request. */
  readonly tokens: number;
  /** GET, HEAD, OPTIONS, QUERY: changes nothing. */
  readonly readOnly: boolean;
  /** Argument name → where its value goes. */
  readonly places: Readonly<Record<string, Place>>;
}

/** Where an argument's value goes in the request. */
export type Place =
  | { readonly in: "parameter"; readonly index: number }
  /** The whole body. */
  | { readonly in: "body" }
  /** One property of the body object, under its original name. */
  | { readonly in: "property"; readonly name: string };

/** A request, ready to send: nothing is left to decide. */
export interface ToolRequest {
  readonly method: string;
  /** Absolute, percent-encoded. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RequestBodyValue;
}

/** One part of a multipart body. */
export interface Part {
  readonly name: string;
  readonly filename?: string | undefined;
  readonly contentType?: string | undefined;
  readonly content: string | Uint8Array;
}
export type RequestBodyValue = string | Uint8Array | readonly Part[] | null;

/** What the person who asks brings for the API: kept in memory for the session, sent to that API alone. */
export interface CallerCredentials {
  /** Security scheme name → its value. */
  readonly schemes: Readonly<Record<string, CredentialValue>>;
  /** Forwarded from the caller's own request. */
  readonly headers: Readonly<Record<string, string>>;
}

export type CredentialValue =
  | { readonly type: "apiKey"; readonly value: string }
  | { readonly type: "bearer"; readonly token: string }
  | { readonly type: "basic"; readonly username: string; readonly password: string };

/** The tools of a server, and how a call is carried out. Swapped whole when a spec is reloaded. */
export interface Toolbox {
  /** In an order that is stable from run to run, so that a cached prefix stays valid. */
  readonly tools: readonly Tool[];
  readonly rejected: readonly Rejection[];
  /** By the model's spelling, exact first, then forgiving case and invented suffixes. */
  find(name: string): Tool | undefined;
  /** Always resolves: a refused, timed-out, stopped or unknown call is a failed result. */
  run(call: ToolCall, context: CallContext): Promise<ToolResult>;
}

export interface CallContext {
  readonly signal: AbortSignal;
  /** API name → credentials. */
  readonly credentials: Readonly<Record<string, CallerCredentials>>;
}
