/** A history as Converse's messages. Any history, also a broken one, becomes a conversation that Bedrock accepts. */
import type { AssistantPart, Message, ToolResult } from "../../chat/types.ts";
import type { Capabilities } from "../capabilities.ts";
import { isRecord, sanitizeCallId, sanitizeToolName, withSuffix } from "./calls.ts";
import { toFileBlocks } from "./file-blocks.ts";
import { parseTarget } from "./target.ts";
import type { ContentBlock, ConverseMessage } from "./types.ts";

/** `asked` is the model this request goes to: another model's reasoning is signed by that one, and stays away. */
export function toConverseMessages(
  messages: readonly Message[],
  model: string,
  capabilities: Capabilities,
): readonly ConverseMessage[] {
  const turns: ConverseMessage[] = [];
  const usedIds = new Set<string>();
  const documentNames = new Set<string>();
  let openCalls: OpenToolCalls | undefined;
  const addOpenResults = () => {
    if (openCalls) turns.push({ role: "user", content: openCalls.toResultBlocks() });
    openCalls = undefined;
  };
  for (const message of messages) {
    if (message.role === "results") {
      openCalls?.addResults(message.results);
      continue;
    }
    addOpenResults();
    if (message.role === "user") {
      // Files first: Converse refuses a cache point that stands right behind a document.
      const files = toFileBlocks(message.files ?? [], capabilities, documentNames);
      turns.push({ role: "user", content: [...files, ...textBlocks(message.text)] });
      continue;
    }
    const calls = new OpenToolCalls(capabilities, usedIds);
    const withReasoning = hasSignedReasoning(capabilities) && parseTarget(message.model, "").model === model;
    turns.push({ role: "assistant", content: assistantBlocks(message.parts, calls, withReasoning) });
    if (calls.size > 0) openCalls = calls;
  }
  addOpenResults();
  return ensureUserBoundaries(mergeRoles(turns));
}

/** The calls of one assistant message, waiting for their results. */
class OpenToolCalls {
  readonly #capabilities: Capabilities;
  readonly #usedIds: Set<string>;
  /** In call order: the id as it stands in the history, and as it goes over the wire. */
  readonly #calls: { readonly id: string; readonly wireId: string; result: ToolResult | undefined }[] = [];

  /** `used`: the ids of the conversation so far. */
  constructor(capabilities: Capabilities, used: Set<string>) {
    this.#capabilities = capabilities;
    this.#usedIds = used;
  }

  get size(): number {
    return this.#calls.length;
  }

  /** @returns the id for the wire: legal, and unique in the conversation, which is what Claude asks for. */
  add(id: string): string {
    const sanitized = sanitizeCallId(id) || "call";
    let wireId = sanitized;
    for (let count = 2; this.#usedIds.has(wireId); count += 1) wireId = withSuffix(sanitized, count);
    this.#usedIds.add(wireId);
    this.#calls.push({ id, wireId, result: undefined });
    return wireId;
  }

  /** Results of calls that were never made are left out: Bedrock refuses them. */
  addResults(results: readonly ToolResult[]): void {
    for (const result of results) {
      const call = this.#calls.find((open) => open.id === result.callId && open.result === undefined);
      if (call) call.result = result;
    }
  }

  /** One block for each call, also for those that a crash or a stop left without a result. */
  toResultBlocks(): readonly ContentBlock[] {
    return this.#calls.map(({ wireId, result }) => {
      const failed = result === undefined || result.status === "failed";
      const text = result?.content ?? "The call was interrupted before it had a result.";
      return {
        toolResult: {
          toolUseId: wireId,
          content: [{ text: isBlank(text) ? "(empty)" : text.toWellFormed() }],
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
  // Reasoning alone says nothing to anybody.
  return blocks.every((block) => "reasoningContent" in block) ? [] : blocks;
}

function hasSignedReasoning({ reasoning }: Capabilities): boolean {
  return reasoning === "budget" || reasoning === "adaptive";
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

/** Empty turns go, and neighbours of one role become one turn. */
function mergeRoles(turns: readonly ConverseMessage[]): readonly ConverseMessage[] {
  const merged: ConverseMessage[] = [];
  for (const turn of turns) {
    if (turn.content.length === 0) continue;
    const last = merged.at(-1);
    if (last?.role === turn.role)
      merged[merged.length - 1] = { role: turn.role, content: [...last.content, ...turn.content] };
    else merged.push(turn);
  }
  return merged;
}

const CONTINUE_MESSAGE: ConverseMessage = { role: "user", content: [{ text: "Continue." }] };

function ensureUserBoundaries(turns: readonly ConverseMessage[]): readonly ConverseMessage[] {
  const withStart = turns[0]?.role === "user" ? turns : [CONTINUE_MESSAGE, ...turns];
  return withStart.at(-1)?.role === "user" ? withStart : [...withStart, CONTINUE_MESSAGE];
}
