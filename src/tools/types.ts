/** Operations, and what else there is, as tools: what the model may call, and what is done for a call. */
import type { Caller } from "../access/types.ts";
import type { ResultFile, SessionId, ToolCall, ToolDefinition, ToolResult } from "../chat/types.ts";
import type { MediaType, Operation, Rejection, SecurityScheme } from "../openapi/types.ts";

/** One API that tools are made from. */
export interface Api {
  /** Empty when there is only one. */
  readonly name: string;
  /** Where all its requests go: origin and base path, no trailing slash. */
  readonly baseUrl: string;
  /** `--base-url` set it: servers of single operations do not count. */
  readonly baseUrlIsFixed?: boolean | undefined;
  readonly securitySchemes: Readonly<Record<string, SecurityScheme>>;
  /** Sent with every request: `--api-header`. Secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Security scheme name → its value, from settings. A caller's own win over these. */
  readonly credentials?: Readonly<Record<string, StaticCredential>> | undefined;
  readonly tls?: Tls | undefined;
}

/** PEM texts: the certificate an API is shown, and what its own is checked against. */
export interface Tls {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly ca?: string | undefined;
}

/** An operation that the model may call. */
export interface Tool extends ToolDefinition {
  readonly api: Api;
  readonly operation: Operation;
  /** About how many tokens its definition costs in a request. */
  readonly tokens: number;
  /** GET, HEAD, OPTIONS, QUERY, or what `x-specchat` says: changes nothing. */
  readonly readOnly: boolean;
  /** Whether a person is asked before each call; unset: as for any tool. */
  readonly confirm: Curation["confirm"];
  /** What the document, or an overlay, says of it as a tool. */
  readonly curation: Curation;
  /** Argument name → where its value goes. */
  readonly argumentTargets: Readonly<Record<string, ArgumentTarget>>;
  /** Property key of the schema, below the top level → the document's own key, where a model may not be shown that one. */
  readonly originalKeys: Readonly<Record<string, string>>;
  /** What the body is sent as, chosen from what the operation accepts. */
  readonly media?: MediaType | undefined;
}

/** A tool that is no operation of an API, such as a module of --tools-dir. */
export interface CustomTool extends ToolDefinition {
  /** Where it comes from, for people: `delivery-date.tool.ts`. */
  readonly source: string;
  /** The MCP server that offers it, if one does. */
  readonly server?: string | undefined;
  /** About how many tokens its definition costs in a request. */
  readonly tokens: number;
  /** It changes nothing. */
  readonly readOnly: boolean;
  /** Whether a person is asked before each call; unset: as for any tool. */
  readonly confirm: Curation["confirm"];
  /**
   * Carries out a call. It may reject, and ignore the signal: `callCustomTool` is what bounds it and makes a failed result
   * of whatever goes wrong.
   */
  run(values: Readonly<Record<string, unknown>>, context: CustomContext): Promise<ToolOutput>;
}

/** What a model may call, apart from our own tools. */
export type AnyTool = Tool | CustomTool;

/** What a tool that is no operation is called with: who asks, and nothing that proves it to an API. */
export interface CustomContext extends Pick<CallContext, "signal" | "saveFile"> {
  readonly caller: CustomCaller;
}

/** Who asks, and in which session. */
export interface CustomCaller extends Caller {
  readonly session: SessionId;
}

/** How a call ended, as the model reads it. */
export interface ToolOutput {
  readonly status: "ok" | "failed";
  readonly content: string;
  readonly httpStatus?: number;
  readonly file?: ResultFile;
}

/** `x-specchat` of an operation. */
export interface Curation {
  /** The tool's name. */
  readonly name?: string | undefined;
  /** Instead of the operation's summary and description. */
  readonly description?: string | undefined;
  /** The operation becomes no tool. */
  readonly hide?: boolean | undefined;
  /** Whether it changes nothing, whatever its method. */
  readonly readOnly?: boolean | undefined;
  /** Whether a person is asked before it is called. */
  readonly confirm?: "always" | "never" | undefined;
  /** What a person says who needs it, or the arguments of a call. */
  readonly examples?: readonly (string | Readonly<Record<string, unknown>>)[] | undefined;
}

/** Where an argument's value goes in the request. */
export type ArgumentTarget =
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
export interface MultipartPart {
  readonly name: string;
  readonly filename?: string | undefined;
  readonly contentType?: string | undefined;
  /** Besides Content-Disposition and Content-Type. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly content: string | Uint8Array;
}
export type RequestBodyValue = string | Uint8Array | readonly MultipartPart[] | null;

/** What the person who asks brings for the API: kept in memory for the session, sent to that API alone. */
export interface CallerCredentials {
  /** Security scheme name → its value. */
  readonly schemes: Readonly<Record<string, CredentialValue>>;
  /** Forwarded from the caller's own request. */
  readonly headers: Readonly<Record<string, string>>;
}

/** API name → what a person brings for it. */
export type Credentials = Readonly<Record<string, CallerCredentials>>;

export type CredentialValue =
  | { readonly type: "apiKey"; readonly value: string }
  | { readonly type: "bearer"; readonly token: string }
  | { readonly type: "basic"; readonly username: string; readonly password: string };

/** What settings hold for a scheme: a value, or what a token is fetched with. */
export type StaticCredential =
  | CredentialValue
  | {
      readonly type: "client";
      readonly clientId: string;
      readonly clientSecret: string;
      /** Instead of the operation's. */
      readonly scopes?: readonly string[] | undefined;
      /** Instead of the document's. */
      readonly tokenUrl?: string | undefined;
    };

/** Which parts of a request are secret: header and cookie names in lower case, query names as they stand. */
export interface Secrets {
  readonly headers: readonly string[];
  readonly query: readonly string[];
  readonly cookies: readonly string[];
}

/** What a call would send, or why it cannot be sent: text the model can act on. */
export type PreparedCall =
  | {
      readonly outcome: "ready";
      readonly tool: Tool;
      readonly request: ToolRequest;
      readonly secrets: Secrets;
      /** To be called when the API answers 401: what was fetched to prove who asks is not used again. */
      readonly invalidateToken?: (() => void) | undefined;
    }
  | { readonly outcome: "refused"; readonly problem: string };

/** How a sent request ended. `truncated`: the answer was longer than allowed, `body` is its beginning. */
export type HttpResult =
  | {
      readonly outcome: "answered";
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
      readonly truncated: boolean;
    }
  | { readonly outcome: "failed"; readonly problem: string };

/** The tools of a server, and how a call is carried out. Swapped whole when a spec is reloaded. */
export interface Toolbox {
  /** In an order that is stable from run to run, so that a cached prefix stays valid. */
  readonly tools: readonly Tool[];
  readonly rejected: readonly Rejection[];
  /** What each rule of the settings and each field of `x-specchat` did. */
  readonly effects: readonly RuleEffect[];
  /** One line each: what in `x-specchat` cannot be read or done. */
  readonly warnings: readonly string[];
  /** By the model's spelling, exact first, then forgiving case and invented suffixes. */
  find(name: string): Tool | undefined;
  /** Always resolves: a refused, timed-out, stopped or unknown call is a failed result. */
  run(call: ToolCall, context: CallContext): Promise<ToolResult>;
  /** What `run` would send. Nothing is sent with `dryRun`: a token that would have to be fetched stands as `<token>`. */
  prepare(
    call: ToolCall,
    context: CallContext,
    options?: { readonly dryRun?: boolean },
  ): Promise<PreparedCall>;
  /** Sends what `prepare` built. Always resolves. */
  send(prepared: PreparedCall & { readonly outcome: "ready" }, signal: AbortSignal): Promise<HttpResult>;
}

/** A rule and how many operations it touched. */
export interface RuleEffect {
  /** `--excluded-tags internal`, `x-specchat.hide` */
  readonly rule: string;
  /** What it does to them: `leaves out`. */
  readonly effect: string;
  readonly operations: number;
}

export interface CallContext {
  readonly signal: AbortSignal;
  /** API name → credentials. */
  readonly credentials: Readonly<Record<string, CallerCredentials>>;
  /** Keeps an answer that is no text for the person who asked. */
  readonly saveFile?: (file: FileContent) => ResultFile;
  /** A file the person attached, by its name. */
  readonly findAttachment?: (name: string) => FileContent | undefined;
}

/** What is no text: an API's answer, or a file a person attached. */
export interface FileContent {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A security scheme that operations ask for and that a person can bring. */
export interface SignInOption {
  /** As `auth` names it; empty when there is only one. */
  readonly api: string;
  /** The API's, for people. */
  readonly title: string;
  readonly scheme: string;
  /** What `value` of `auth` is: `{value}`, `{token}` or `{username, password}`. */
  readonly kind: "apiKey" | "bearer" | "basic";
  readonly description?: string;
  /** The session has it already. */
  readonly configured?: boolean;
}
