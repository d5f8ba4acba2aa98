/** Splits long user messages for the model, which reads the pieces as one turn. The stored message is not split. */
import type { Message, UserMessage } from "../types.ts";
import { type ChunkLimits, chunkSteps, formatChunk, type MessageChunk, splitIntoChunks } from "./chunk.ts";

export interface LongMessageLimits {
  readonly enableMessageChunking: boolean;
  /** The number of characters beyond which a user message is split. */
  readonly maxMessageSize: number;
  readonly chunkSize: number;
  readonly chunkOverlap: number;
  readonly chunkingStrategy: ChunkLimits["strategy"];
}

/** Message → its chunks. Every round of every later turn sends it again. */
const chunksOf = new WeakMap<
  UserMessage,
  { readonly key: string; readonly chunks: readonly MessageChunk[] }
>();

/** Returns the message, or several when it is too long. */
export function splitLongMessage(message: Message, limits: LongMessageLimits): readonly Message[] {
  if (!isLong(message, limits)) return [message];
  const chunks = findChunks(message, limits) ?? splitIntoChunks(message.text, chunkLimits(limits));
  keepChunks(message, limits, chunks);
  const { files: _, ...plain } = message;
  // The first chunk carries the files.
  return chunks.map((chunk, index) => ({ ...(index === 0 ? message : plain), text: formatChunk(chunk) }));
}

/** Splits what is too long in steps of a few milliseconds, so that {@link splitLongMessage} finds the chunks. */
export function* prepareLongMessages(
  messages: readonly Message[],
  limits: LongMessageLimits,
): Generator<void, void> {
  for (const message of messages)
    if (isLong(message, limits) && !findChunks(message, limits))
      keepChunks(message, limits, yield* chunkSteps(message.text, chunkLimits(limits)));
}

function isLong(message: Message, limits: LongMessageLimits): message is UserMessage {
  const { enableMessageChunking, maxMessageSize } = limits;
  return message.role === "user" && enableMessageChunking && message.text.length > maxMessageSize;
}

function chunkLimits({ chunkingStrategy, chunkSize, chunkOverlap }: LongMessageLimits): ChunkLimits {
  return { strategy: chunkingStrategy, chunkSize, chunkOverlap };
}

function findChunks(message: UserMessage, limits: LongMessageLimits): readonly MessageChunk[] | undefined {
  const kept = chunksOf.get(message);
  return kept?.key === keyOf(limits) ? kept.chunks : undefined;
}

function keepChunks(message: UserMessage, limits: LongMessageLimits, chunks: readonly MessageChunk[]): void {
  chunksOf.set(message, { key: keyOf(limits), chunks });
}

function keyOf({ chunkingStrategy, chunkSize, chunkOverlap }: LongMessageLimits): string {
  return `${chunkingStrategy} ${chunkSize} ${chunkOverlap}`;
}
