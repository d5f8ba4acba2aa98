/** About how many tokens things take: a rule of thumb, corrected by what each answer's usage says of it. */
import { stringifyJson } from "../json.ts";
import type { FileContents } from "./attachments/types.ts";
import type { AssistantPart, Message, Usage } from "./types.ts";

/** Four characters a token: cheap, and about right for JSON and for prose in English. */
export function estimateTextTokens(characters: number): number {
  return Math.ceil(characters / 4);
}

export function estimateTokens(message: Message): number {
  const files = message.role === "user" ? (message.files ?? []) : [];
  return files.reduce(
    (sum, { contents, bytes }) => sum + estimateFileTokens(contents, bytes.length),
    estimateTextTokens(countCharacters(message)),
  );
}

/** An image is scaled down to what costs this much; of a long document no more is known than that it is long. */
const MAX_IMAGE_TOKENS = 1600;
const MAX_DOCUMENT_TOKENS = 80_000;
/** By how documents are packed: sheets hold little else than what is read. */
const BYTES_PER_TOKEN = { pdf: 20, doc: 20, docx: 20, xls: 8, xlsx: 4 };

/** About what a file costs that a model is shown. `size` in bytes. */
export function estimateFileTokens(contents: FileContents, size: number): number {
  switch (contents.kind) {
    case "image":
      return Math.min(MAX_IMAGE_TOKENS, Math.ceil((contents.width * contents.height) / 750));
    case "document":
      return Math.min(MAX_DOCUMENT_TOKENS, Math.ceil(size / BYTES_PER_TOKEN[contents.format]));
    case "text":
      return estimateTextTokens(size);
  }
}

export function estimateAllTokens(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + estimateTokens(message), 0);
}

function countCharacters(message: Message): number {
  switch (message.role) {
    case "user":
      return message.text.length;
    case "results":
      return message.results.reduce((sum, result) => sum + result.content.length, message.note?.length ?? 0);
    case "assistant":
      return message.parts.reduce((sum, part) => sum + countPartCharacters(part), 0);
  }
}

function countPartCharacters(part: AssistantPart): number {
  if (part.type === "text") return part.text.length;
  if (part.type === "reasoning") return part.text.length + (part.redacted?.length ?? 0);
  const values = Object.values(part.call.arguments);
  return values.reduce<number>((sum, value) => sum + countValueCharacters(value), 16);
}

function countValueCharacters(value: unknown): number {
  if (typeof value === "string") return value.length;
  return typeof value === "object" && value !== null ? stringifyJson(value).length : 16;
}

/** An answer may report less than was sent (a provider that counts otherwise); the context is never taken for much larger. */
const MIN_RATIO = 0.75;
const MAX_RATIO = 8;
/** How much one answer moves what was learned. */
const SMOOTHING_FACTOR = 0.5;
/** Ratios move in steps, so that what a model sees of a conversation does not move with every answer. */
const RATIO_STEP = 0.05;

/** For each model, how many tokens it counts for one that was estimated: what a session's language and data make of it. */
export class TokenRatios {
  readonly #ratios = new Map<string, number>();

  get(model: string): number {
    const ratio = this.#ratios.get(model) ?? 1;
    return Math.max(MIN_RATIO, Math.ceil(ratio / RATIO_STEP - 1e-9) * RATIO_STEP);
  }

  /** `estimated`: the whole request. An estimate of a few tokens says nothing. */
  record(
    model: string,
    estimated: number,
    { inputTokens, cacheReadTokens, cacheWriteTokens }: Omit<Usage, "outputTokens">,
  ): void {
    const counted = inputTokens + cacheReadTokens + cacheWriteTokens;
    if (estimated < 200 || counted === 0) return;
    const observed = Math.min(MAX_RATIO, Math.max(MIN_RATIO, counted / estimated));
    const known = this.#ratios.get(model);
    this.#ratios.set(model, known === undefined ? observed : known + (observed - known) * SMOOTHING_FACTOR);
  }
}
