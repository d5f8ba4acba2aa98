/** Converts a history to Converse messages. Even a damaged history becomes one that Bedrock accepts. */
import type { InlineFile } from "../../chat/attachments/types.ts";
import type { AssistantPart, Message, ToolResult } from "../../chat/types.ts";
import type { Capabilities } from "../capabilities.ts";
import { isRecord, sanitizeCallId, sanitizeToolName, withSuffix } from "./calls.ts";
import { toFileBlocks } from "./file-blocks.ts";
import { parseTarget } from "./target.ts";
import type { ContentBlock, ConverseMessage } from "./types.ts";

/**
 * Converts the messages.
 * @param model the model of this request; reasoning of other models is omitted, because they signed it.
 * @param replay whose reasoning is sent back: that of the whole history, of the current turn, or none.
 */
export function toConverseMessages(
  messages: readonly Message[],
  model: string,
  capabilities: Capabilities,
  replay: Capabilities["reasoningReplay"] = capabilities.reasoningReplay,
): readonly ConverseMessage[] {
  const replayFrom =
    replay === "all" ? 0 : replay === "none" ? messages.length : messages.findLastIndex(isUserMessage);
  const turns: ConverseMessage[] = [];
  const usedIds = new Set<string>();
  const documentNames = new Set<string>();
  let openCalls: OpenToolCalls | undefined;
  const addOpenResults = () => {
    if (openCalls) turns.push(...openCalls.toTurns());
    openCalls = undefined;
  };
  for (const [index, message] of messages.entries()) {
    if (message.role === "results") {
      openCalls?.addResults(message.results, message.note);
      for (const file of message.files ?? []) openCalls?.addPicture(file);
      continue;
    }
    addOpenResults();
    if (message.role === "user") {
      // Files come first: Converse rejects a cache point directly after a document.
      const files = toFileBlocks(message.files ?? [], capabilities, documentNames);
      turns.push({ role: "user", content: [...files, ...textBlocks(message.text)] });
      continue;
    }
    const calls = new OpenToolCalls(capabilities, usedIds);
    const withReasoning = index >= replayFrom && parseTarget(message.model, "").model === model;
    turns.push({ role: "assistant", content: assistantBlocks(message.parts, calls, withReasoning) });
    if (calls.size > 0) openCalls = calls;
  }
  addOpenResults();
  return ensureUserBoundaries(joinTurns(turns));
}

/** The calls of one assistant message, waiting for their results. */
class OpenToolCalls {
  readonly #capabilities: Capabilities;
  readonly #usedIds: Set<string>;
  /** In call order: the id in the history, and the id in the request. */
  readonly #calls: { readonly id: string; readonly toolUseId: string; result: ToolResult | undefined }[] = [];

  readonly #pictures: ContentBlock[] = [];
  #note = "";

  /** @param usedIds the tool use ids of the conversation so far; new ids are added. */
  constructor(capabilities: Capabilities, usedIds: Set<string>) {
    this.#capabilities = capabilities;
    this.#usedIds = usedIds;
  }

  get size(): number {
    return this.#calls.length;
  }

  /** Returns the id for the request: legal, and unique in the conversation, which Claude requires. */
  add(id: string): string {
    const sanitized = sanitizeCallId(id) || "call";
    let toolUseId = sanitized;
    for (let count = 2; this.#usedIds.has(toolUseId); count += 1) toolUseId = withSuffix(sanitized, count);
    this.#usedIds.add(toolUseId);
    this.#calls.push({ id, toolUseId, result: undefined });
    return toolUseId;
  }

  /** Adds results and a note that follows the last one. Omits results without a call, which Bedrock rejects. */
  addResults(results: readonly ToolResult[], note: string | undefined): void {
    if (note !== undefined) this.#note = `\n\n${note}`;
    for (const result of results) {
      const call = this.#calls.find((open) => open.id === result.callId && open.result === undefined);
      if (call) call.result = result;
    }
  }

  /** Adds a picture of a result. It follows the results, where every model that reads pictures accepts it. */
  addPicture(file: InlineFile): void {
    const blocks = toFileBlocks([file], this.#capabilities, new Set());
    if (blocks.length > 0)
      this.#pictures.push({ text: `The picture ${file.name}, from the results:` }, ...blocks);
  }

  /**
   * Returns one block per call, including calls that a crash or a stop left without a result, and the pictures: in the
   * same turn where the model accepts that, else in a turn of their own.
   */
  toTurns(): readonly ConverseMessage[] {
    const results = this.#toResultBlocks();
    if (this.#pictures.length === 0) return [{ role: "user", content: results }];
    if (this.#capabilities.besideResults) return [{ role: "user", content: [...results, ...this.#pictures] }];
    return [
      { role: "user", content: results },
      { role: "user", content: this.#pictures },
    ];
  }

  #toResultBlocks(): readonly ContentBlock[] {
    return this.#calls.map(({ toolUseId, result }, index) => {
      const failed = result === undefined || result.status === "failed";
      const content = result?.content ?? "The call was interrupted before it had a result.";
      const note = index === this.#calls.length - 1 ? this.#note : "";
      const text = `${isBlank(content) ? "(empty)" : content}${note}`;
      return {
        toolResult: {
          toolUseId,
          content: [{ text: text.toWellFormed() }],
          ...(failed && this.#capabilities.resultStatus && { status: "error" as const }),
        },
      };
    });
  }
}

function assistantBlocks(
  parts: readonly AssistantPart[],
  calls: OpenToolCalls,
  withReasoning: boolean,
): readonly ContentBlock[] {
  const blocks = parts.flatMap((part): readonly ContentBlock[] => {
    if (part.type === "text") return textBlocks(part.text);
    if (part.type === "reasoning") return withReasoning ? reasoningBlocks(part) : [];
    const { id, name, arguments: input } = part.call;
    return [
      {
        toolUse: {
          toolUseId: calls.add(id),
          name: sanitizeToolName(name),
          input: isRecord(input) ? input : {},
        },
      },
    ];
  });
  // A turn of reasoning alone is dropped.
  return blocks.every((block) => "reasoningContent" in block) ? [] : blocks;
}

function isUserMessage({ role }: Message): boolean {
  return role === "user";
}

function reasoningBlocks(part: AssistantPart & { type: "reasoning" }): readonly ContentBlock[] {
  if (part.redacted !== undefined) return [{ reasoningContent: { redactedContent: part.redacted } }];
  if (part.signature === undefined) return [];
  return [{ reasoningContent: { reasoningText: { text: part.text, signature: part.signature } } }];
}

function textBlocks(text: string): readonly ContentBlock[] {
  return isBlank(text) ? [] : [{ text: text.toWellFormed() }];
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}

/** Stands for the reply that a stopped, failed or interrupted turn did not give. */
const MISSING_REPLY: ConverseMessage = { role: "assistant", content: [{ text: "(No reply.)" }] };

/**
 * Drops empty turns and merges adjacent turns of one role. A user turn that follows results is not merged with them but
 * separated by a reply: Llama, Mistral and Palmyra refuse anything beside results, Claude refuses documents there, and a
 * refused history stays refused.
 */
function joinTurns(turns: readonly ConverseMessage[]): readonly ConverseMessage[] {
  const joined: ConverseMessage[] = [];
  for (const turn of turns) {
    if (turn.content.length === 0) continue;
    const last = joined.at(-1);
    if (last?.role !== turn.role) joined.push(turn);
    else if (last.content.some((block) => "toolResult" in block)) joined.push(MISSING_REPLY, turn);
    else joined[joined.length - 1] = { role: turn.role, content: [...last.content, ...turn.content] };
  }
  return joined;
}

const CONTINUE_MESSAGE: ConverseMessage = { role: "user", content: [{ text: "Continue." }] };

/** Makes the conversation start and end with a user turn, as every family requires or accepts. */
function ensureUserBoundaries(turns: readonly ConverseMessage[]): readonly ConverseMessage[] {
  const withStart = turns[0]?.role === "user" ? turns : [CONTINUE_MESSAGE, ...turns];
  return withStart.at(-1)?.role === "user" ? withStart : [...withStart, CONTINUE_MESSAGE];
}
