/** Tools that the model can call, and the calls of them. */
import type { Caller } from "../access/types.ts";
import type {
  JsonSchema,
  ResultFile,
  SessionId,
  ToolCall,
  ToolDefinition,
  ToolResult,
} from "../chat/types.ts";
import type { RefusalCode } from "../errors.ts";
import type { Operation, Rejection, SecurityScheme } from "../openapi/types.ts";
import type { DigestCredential } from "./auth/digest.ts";
import type { CallerCredentials, Secrets, StaticCredential, Tls } from "./auth/types.ts";
import type { Curation, RuleEffect } from "./catalog/types.ts";
import type { HttpResult, ToolRequest } from "./http/types.ts";
import type { BodyForm } from "./schema/body-forms.ts";

/** An API whose operations become tools. */
export interface Api {
  /** Empty when there is only one API. */
  readonly name: string;
  /** The origin and base path of every request, without a trailing slash. */
  readonly baseUrl: string;
  /** True when `--base-url` sets the address. Servers of single operations are ignored then. */
  readonly baseUrlIsFixed?: boolean | undefined;
  readonly securitySchemes: Readonly<Record<string, SecurityScheme>>;
  /** Headers of `--api-header`, sent with every request. Secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Security scheme name → its credential from the settings. A caller's own credentials take precedence. */
  readonly credentials?: Readonly<Record<string, StaticCredential>> | undefined;
  readonly tls?: Tls | undefined;
}

/** An operation that the model can call. */
export interface Tool extends ToolDefinition {
  readonly api: Api;
  readonly operation: Operation;
  /** The approximate number of tokens that the definition takes in a request. */
  readonly tokens: number;
  /** A hash of what the operation does and how its requests are built. Other tools and the name do not change it. */
  readonly fingerprint: string;
  /** True for methods that are safe, such as GET and QUERY, unless `x-specchat` overrides it. */
  readonly readOnly: boolean;
  /** Overrides the approval policy of the settings. */
  readonly confirm: Curation["confirm"];
  readonly curation: Curation;
  /** Argument name → the place of its value in the request, for the arguments of all forms. */
  readonly argumentTargets: Readonly<Record<string, ArgumentTarget>>;
  /** Nested property key of the schema → the document's key, for keys that a model does not accept. */
  readonly originalKeys: Readonly<Record<string, string>>;
  /** The forms of its calls, preferred first. The arguments of a call decide among them. */
  readonly forms: readonly [CallForm, ...CallForm[]];
}

/** A form of a tool's calls: the parameters, and the body in one of the media types that the operation accepts. */
export interface CallForm {
  readonly inputSchema: JsonSchema;
  readonly argumentTargets: Tool["argumentTargets"];
  /** Undefined when the operation has no body. */
  readonly body?: BodyForm;
}

/** A tool that is not an API operation, such as a module of `--tools-dir`. */
export interface CustomTool extends ToolDefinition {
  /** A display name of the origin: `delivery-date.tool.ts`. */
  readonly source: string;
  /** The name of the MCP server that offers the tool. */
  readonly server?: string | undefined;
  /** The approximate number of tokens that the definition takes in a request. */
  readonly tokens: number;
  /** A hash of description, schema and hints. */
  readonly fingerprint: string;
  readonly readOnly: boolean;
  /** Overrides the approval policy of the settings. */
  readonly confirm: Curation["confirm"];
  /** Runs a call. May reject and may ignore the signal: `callCustomTool` limits the time and reports failures. */
  run(values: Readonly<Record<string, unknown>>, context: CustomContext): Promise<ToolOutput>;
}

export type AnyTool = Tool | CustomTool;

/** The context of a custom tool's call. It holds no API credentials. */
export interface CustomContext extends Pick<CallContext, "signal" | "saveFile"> {
  readonly caller: CustomCaller;
}

/** The caller and the session of a call. */
export interface CustomCaller extends Caller {
  readonly session: SessionId;
}

/** The output of a call, as the model reads it. */
export interface ToolOutput {
  readonly status: "ok" | "failed";
  readonly content: string;
  readonly httpStatus?: number;
  readonly file?: ResultFile;
  readonly refused?: RefusalCode;
}

/** The place of an argument's value in the request. */
export type ArgumentTarget =
  | { readonly in: "parameter"; readonly index: number }
  /** The entire body. */
  | { readonly in: "body" }
  /** One property of the body object, under its original name. */
  | { readonly in: "property"; readonly name: string };

/** The request of a call, or why it cannot be sent, in a text that the model can act on. */
export type PreparedCall =
  | {
      readonly outcome: "ready";
      readonly tool: Tool;
      readonly request: ToolRequest;
      readonly secrets: Secrets;
      /** The credential that answers a Digest challenge of the API. It is never part of the request. */
      readonly digest?: DigestCredential | undefined;
      /** Discards the fetched tokens. Called when the API responds with 401. */
      readonly invalidateToken?: (() => void) | undefined;
      /** Lines for the model, about values that were sent although they look wrong. */
      readonly notes?: readonly string[] | undefined;
      /** The credentials, which the response may repeat. */
      readonly secretValues?: readonly string[] | undefined;
    }
  | { readonly outcome: "refused"; readonly problem: string };

/** The result of a call, without credentials. */
export interface ReceivedResult {
  readonly result: ToolResult;
  /** The content before credentials were masked. It serves to find further pages, and goes nowhere else. */
  readonly received: string;
  /** The credentials that the response may repeat. */
  readonly secrets: readonly string[];
}

/** The API tools of a server. Replaced as a unit when a document is reloaded. */
export interface Toolbox {
  /** In a stable order, so that a cached prompt prefix stays valid between runs. */
  readonly tools: readonly Tool[];
  readonly rejected: readonly Rejection[];
  /** One entry for each rule of the settings and each field of `x-specchat` in use. */
  readonly effects: readonly RuleEffect[];
  /** Problems of the documents that cost less than an operation, and of `x-specchat` fields, one line each. */
  readonly warnings: readonly string[];
  /** Returns a toolbox with some of the tools, possibly changed. It finds and calls no other. */
  restrict(tools: readonly Tool[]): Toolbox;
  /** Finds a tool by the model's spelling: exact first, then tolerant of case and invented affixes. */
  find(name: string): Tool | undefined;
  /** Runs a call. Never rejects: a refused, timed-out, stopped or unknown call is a failed result. */
  run(call: ToolCall, context: CallContext): Promise<ReceivedResult>;
  /** Builds the request that `run` sends. With `dryRun` no token is fetched: `<token>` stands for it. */
  prepare(
    call: ToolCall,
    context: CallContext,
    options?: { readonly dryRun?: boolean },
  ): Promise<PreparedCall>;
  /** Sends a prepared request. Never rejects. */
  send(prepared: PreparedCall & { readonly outcome: "ready" }, signal: AbortSignal): Promise<HttpResult>;
}

export interface CallContext {
  readonly signal: AbortSignal;
  /** Whose work over long responses waits for each other. */
  readonly caller?: string;
  /** API name → credentials. */
  readonly credentials: Readonly<Record<string, CallerCredentials>>;
  /** Stores a binary result for download by the user. */
  readonly saveFile?: (file: FileContent) => ResultFile;
  /** Finds a file that the user attached, by its name. */
  readonly findAttachment?: (name: string) => FileContent | undefined;
}

/** Binary content: an API's response, or a file that the user attached. */
export interface FileContent {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}
