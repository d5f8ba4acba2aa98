/**
 * Encrypted reasoning in a history. It is stored as the signature of a reasoning part: its id, a space, and the encrypted
 * content. Converse returns that of the same models as `redactedContent`; neither API accepts what the other wrote.
 */
import type { ContentBlock, ConverseMessage } from "../types.ts";

export interface EncryptedReasoning {
  readonly id: string;
  readonly encrypted_content: string;
}

export function formatEncryptedReasoning({ id, encrypted_content }: EncryptedReasoning): string {
  return `${id} ${encrypted_content}`;
}

/** Returns undefined for reasoning that the Responses API did not write. */
export function readEncryptedReasoning(
  reasoning: Extract<ContentBlock, { readonly reasoningContent: unknown }>["reasoningContent"],
): EncryptedReasoning | undefined {
  if (!("reasoningText" in reasoning)) return undefined;
  const [, id, encrypted_content] = /^(\S+) (\S+)$/.exec(reasoning.reasoningText.signature ?? "") ?? [];
  return id === undefined || encrypted_content === undefined ? undefined : { id, encrypted_content };
}

/** Leaves out the reasoning that the Responses API wrote, for a request of Converse. */
export function dropEncryptedReasoning(messages: readonly ConverseMessage[]): readonly ConverseMessage[] {
  return messages.map((message) => ({
    ...message,
    content: message.content.filter(
      (block) =>
        !("reasoningContent" in block) || readEncryptedReasoning(block.reasoningContent) === undefined,
    ),
  }));
}
