/**
 * The bedrock-agent protocol: a JSON body in, one JSON object per line out. Every object has `content`, which may be empty, and
 * only the last one is `done`. Pure. `src/protocols/bedrock-agent/PROTOCOL.md`
 */
import { AppError, describeDoneCalls, withoutAccount } from "../../errors.ts";
import { isObject, type JsonObject as Json, stringifyJson } from "../../json.ts";
import { parseClientJson } from "../shared/client-json.ts";
import type { ClientText } from "../shared/long-json.ts";

type AgentId = string | number | boolean | null;

/** Characters of an id. Those of AWS have at most 100. */
const MAX_ID_LENGTH = 1000;

export interface AgentStreamRequest {
  /** Empty only when the client returns the results of a `return_control`. */
  readonly inputText: string;
  readonly agentId: string;
  /** A text, or a value that AWS rejects. */
  readonly agentAliasId: AgentId;
  /** A text, or a value that AWS rejects. Undefined requests a new session. */
  readonly sessionId: AgentId | undefined;
  readonly sessionAttributes?: Json;
  readonly promptSessionAttributes?: Json;
  readonly controlResults?: { readonly invocationId: string; readonly results: readonly Json[] };
}

/** Decodes a body of any Content-Type. @throws AppError `bad_request` */
export function decodeAgentStreamRequest(text: ClientText): AgentStreamRequest {
  const body = parse(text);
  const controlResults = readReturnControl(body);
  const inputText = readText(body.input_text);
  const agentId = readText(body.agent_id);
  const missing = [
    ...(inputText === undefined && !controlResults
      ? ["input_text is required and must be a non-empty string"]
      : []),
    ...(agentId === undefined ? ["agent_id is required and must be a non-empty string"] : []),
  ];
  if (agentId === undefined || missing.length > 0) throw new AppError("bad_request", missing.join("; "));
  return {
    inputText: inputText ?? "",
    agentId,
    agentAliasId: Object.hasOwn(body, "agent_alias_id") ? readId(body, "agent_alias_id") : "TSTALIASID",
    sessionId: readId(body, "session_id") || undefined,
    ...readAttributes(body, "session_attributes", "sessionAttributes"),
    ...readAttributes(body, "prompt_session_attributes", "promptSessionAttributes"),
    ...(controlResults && { controlResults }),
  };
}

function parse(text: ClientText): Json {
  let value: unknown;
  try {
    value = parseClientJson(text);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("bad_request", "Invalid JSON in request body");
  }
  if (!isObject(value)) throw new AppError("bad_request", "Request body must be a JSON object");
  return value;
}

function readText(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** @throws AppError `bad_request` for an object, a list or a long text. */
function readId(body: Json, field: string): AgentId {
  const id = body[field] ?? null;
  if (typeof id === "object" ? id !== null : String(id).length > MAX_ID_LENGTH)
    throw new AppError("bad_request", `${field} must be a string of at most ${MAX_ID_LENGTH} characters`);
  return id as AgentId;
}

function readAttributes<Name extends string>(
  body: Json,
  field: string,
  name: Name,
): { [Key in Name]?: Json } {
  const value = body[field];
  if (!value) return {};
  if (!isObject(value)) throw new AppError("bad_request", `${field} must be an object`);
  return (Object.keys(value).length > 0 ? { [name]: value } : {}) as { [Key in Name]?: Json };
}

function readReturnControl({ invocation_id: id, return_control_invocation_results: results }: Json) {
  if (typeof id !== "string" || !Array.isArray(results) || !results.every(isObject)) return undefined;
  return { invocationId: id, results };
}

export interface AgentStreamInfo {
  readonly sessionId: unknown;
  readonly agentId: string;
  /** ISO 8601 in UTC. */
  readonly now: () => string;
  /** True when each chunk repeats the complete text so far. */
  readonly accumulate: boolean;
}

/** Characters up to which every chunk repeats the text. Beyond, chunks grow with the text that they repeat. */
const ACCUMULATION_THRESHOLD = 8000;
const GROWTH_FACTOR = 200;

/** Encodes the lines of one reply, each with its line break. Clients split at line breaks and keep no remainder. */
export class AgentLines {
  readonly #info: AgentStreamInfo;
  #sent = "";
  /** Text for the next chunk. */
  #buffered = "";
  #chunks = 0;

  constructor(info: AgentStreamInfo) {
    this.#info = info;
  }

  get chunks(): number {
    return this.#chunks;
  }

  /** Characters that were sent. */
  get length(): number {
    return this.#sent.length;
  }

  start(): string {
    const { sessionId, agentId } = this.#info;
    return this.#line("start", { session_id: sessionId, agent_id: agentId });
  }

  /** Adds text. It may wait for the next chunk: a long text in many small chunks would be repeated in each. */
  text(text: string): readonly string[] {
    this.#buffered += text;
    const repeated = this.#info.accumulate ? this.#sent.length : 0;
    return repeated < ACCUMULATION_THRESHOLD || this.#buffered.length * GROWTH_FACTOR >= repeated
      ? this.#flush()
      : [];
  }

  trace(trace: Json): readonly string[] {
    return [...this.#flush(), this.#line("trace", { trace_data: trace })];
  }

  returnControl(control: Json): readonly string[] {
    return [...this.#flush(), this.#line("return_control", { return_control_data: control })];
  }

  completion(): readonly string[] {
    const before = this.#flush();
    const { sessionId } = this.#info;
    return [...before, this.#line("completion", { session_id: sessionId, final_content: this.#sent }, true)];
  }

  error(error: string, code?: string): readonly string[] {
    const fields = { error, ...(code !== undefined && { error_code: code }) };
    return [...this.#flush(), this.#line("error", fields, true)];
  }

  #flush(): readonly string[] {
    const content = this.#buffered;
    if (content === "") return [];
    this.#buffered = "";
    this.#sent += content;
    this.#chunks += 1;
    const repeated = this.#info.accumulate ? { accumulated_content: this.#sent } : {};
    return [this.#line("chunk", repeated, false, content)];
  }

  #line(type: string, fields: Json, done = false, content = ""): string {
    return `${stringifyJson({ type, content, done, timestamp: this.#info.now(), ...fields })}\n`;
  }
}

/** Returns the error text that clients of the original system know. @param aws the error of AWS, when it caused the failure. */
export function agentErrorText(
  error: AppError,
  aws: { readonly code: string; readonly message: string } | undefined,
): string {
  const { code, message } = error;
  if (aws) return `AWS Error (${aws.code}): ${withoutAccount(aws.message)}${describeDoneCalls(error)}`;
  if (code === "stream_interrupted" || code === "model_timeout") return `Stream Error: ${message}`;
  const isAws = code === "access_denied" || code === "model_unavailable" || code === "throttled";
  return `${isAws ? "Boto" : "Server"} Error: ${message}`;
}
