/** Checks Bedrock's rules for the turns of a conversation. Paths in messages are zero-based. */
import { firstRefusal } from "./check-constraints.ts";
import type { Family } from "./families.ts";
import { filterRecords, isRecord, type Json, modelError, type Refusal, validationError } from "./refusal.ts";

export function checkConversation(body: Json, family: Family): Refusal | undefined {
  const messages = filterRecords(body.messages);
  return firstRefusal([
    () => checkTurns(messages),
    () => checkContents(messages),
    () => checkPairs(messages),
    () => checkToolConfigPresent(body, messages),
    () => checkLastTurn(messages, family),
  ]);
}

function checkTurns(messages: readonly Json[]): Refusal | undefined {
  if (messages[0]?.role !== "user")
    return validationError(
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    );
  return messages.some((message, index) => message.role === messages[index - 1]?.role)
    ? validationError(
        "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
      )
    : undefined;
}

function checkContents(messages: readonly Json[]): Refusal | undefined {
  return firstRefusal(
    messages.map((message, index) => () => {
      const content = filterRecords(message.content);
      if (content.length === 0)
        return validationError(
          `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
        );
      return firstRefusal(
        content.map((block, at) => () => checkBlock(block, `messages.${index}.content.${at}`)),
      );
    }),
  );
}

function checkBlock(block: Json, path: string): Refusal | undefined {
  if (block.text === "")
    return validationError(
      `The text field in the ContentBlock object at ${path} is blank. Add text to the text field, and try again.`,
    );
  if (isRecord(block.toolUse) && !isRecord(block.toolUse.input))
    return validationError(
      `The format of the value at ${path}.toolUse.input is invalid. Provide a json object for the field and try again.`,
    );
  if (!isRecord(block.toolResult)) return undefined;
  const content = filterRecords(block.toolResult.content);
  const scalar = content.findIndex((entry) => "json" in entry && !isRecord(entry.json));
  if (scalar !== -1)
    return validationError(
      `The format of the value at ${path}.toolResult.content.${scalar}.json is invalid. Provide a json object for the field and try again.`,
    );
  return content.length === 0 && block.toolResult.status === "error"
    ? validationError(`The content field at ${path}.toolResult cannot be empty when status value is error.`)
    : undefined;
}

function checkPairs(messages: readonly Json[]): Refusal | undefined {
  return firstRefusal(
    messages.map((message, index) => () => {
      const previous = collectToolUseIds(messages[index - 1], "toolUse");
      const results = collectToolUseIds(message, "toolResult");
      const missing = previous.filter((id) => !results.includes(id));
      if (message.role === "user" && missing.length > 0)
        return validationError(
          `Expected toolResult blocks at messages.${index}.content for the following Ids: ${missing.join(", ")}`,
        );
      if (results.length > previous.length)
        return validationError(
          `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
        );
      const toolUseIds = collectToolUseIds(message, "toolUse");
      const duplicates = toolUseIds.filter((id, at) => toolUseIds.indexOf(id) !== at);
      if (duplicates.length > 0)
        return validationError(
          `The toolUse blocks at messages.${index}.content contain duplicate Ids: ${duplicates.join(", ")}`,
        );
      if (message.role === "user" && toolUseIds.length > 0)
        return validationError(
          `The toolUse blocks at messages.${index}.content are not allowed for the user role.`,
        );
      return undefined;
    }),
  );
}

function collectToolUseIds(message: Json | undefined, kind: "toolUse" | "toolResult"): readonly string[] {
  return filterRecords(message?.content).flatMap((block) => {
    const inner = block[kind];
    return isRecord(inner) ? [String(inner.toolUseId)] : [];
  });
}

function checkToolConfigPresent(body: Json, messages: readonly Json[]): Refusal | undefined {
  const used = messages.some(
    (message) =>
      collectToolUseIds(message, "toolUse").length + collectToolUseIds(message, "toolResult").length > 0,
  );
  return used && body.toolConfig === undefined
    ? validationError(
        "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
      )
    : undefined;
}

function checkLastTurn(messages: readonly Json[], family: Family): Refusal | undefined {
  const last = messages.at(-1);
  if (last?.role !== "assistant") return undefined;
  const open = collectToolUseIds(last, "toolUse");
  if (open.length > 0)
    return validationError(
      `Expected toolResult blocks at messages.${messages.length}.content for the following Ids: ${open.join(", ")}`,
    );
  if (family.prefill) return undefined;
  return family.isClaude
    ? modelError(
        "This model does not support assistant message prefill. The conversation must end with a user message.",
      )
    : validationError(
        "The model that you are using requires the last turn in the conversation to be a user message. Add a user message to the conversation and try again.",
      );
}
