/** Estimates token counts by a rule of thumb, corrected by the usage that each reply reports. */
import { stringifyJson } from "../json.ts";
import type { FileContents } from "./attachments/types.ts";
import type { AssistantPart, Message, Usage } from "./types.ts";

/** Estimates four characters per token, which is cheap and about right for JSON and English prose. */
export function estimateTextTokens(characters: number): number {
  return Math.ceil(characters / 4);
}

export function estimateTokens(message: Message): number {
  const files = message.role === "assistant" ? [] : (message.files ?? []);
  return files.reduce(
    (sum, { contents, bytes }) => sum + estimateFileTokens(contents, bytes.length),
    estimateTextTokens(countCharacters(message)),
  );
}

/** Upper bounds. Providers scale large images down to this cost; the cost of a long document cannot be known from its size. */
const MAX_IMAGE_TOKENS = 1600;
const MAX_DOCUMENT_TOKENS = 80_000;
/** File bytes per token, by how densely a format is packed. */
const BYTES_PER_TOKEN = { pdf: 20, doc: 20, docx: 20, xls: 8, xlsx: 4 };

/** Estimates the tokens of an inline file. `size` is in bytes. */
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

/** Bounds of a ratio. A provider may count fewer tokens than were sent; the context is never assumed to be much larger. */
const MIN_RATIO = 0.75;
const MAX_RATIO = 8;
/** The weight of a new observation. */
const SMOOTHING_FACTOR = 0.5;
/** Ratios are rounded up to a step, so that the visible history does not change with every reply. */
const RATIO_STEP = 0.05;

/** The ratios of counted to estimated tokens, per model. They depend on the language and data of a session. */
export class TokenRatios {
  readonly #ratios = new Map<string, number>();

  get(model: string): number {
    const ratio = this.#ratios.get(model) ?? 1;
    return Math.max(MIN_RATIO, Math.ceil(ratio / RATIO_STEP - 1e-9) * RATIO_STEP);
  }

  /**
   * Updates the ratio of a model from the usage of one request. Small estimates are ignored.
   * @param estimated tokens of the entire request.
   */
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
