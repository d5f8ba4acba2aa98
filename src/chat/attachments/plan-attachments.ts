/**
 * Plans how the model sees attached files: inline, as text in the message, or by name alone with a reason. Pure; decided
 * from a file's metadata, not from its bytes.
 */
import type { FileKindLimits, ModelLimits } from "../../model/types.ts";
import { estimateFileTokens } from "../tokens.ts";
import type { Message, ResultFile } from "../types.ts";
import type { FileContents } from "./types.ts";

export type AttachmentRendering =
  | { readonly as: "inline" }
  /** `characters`: the number of characters that fit. */
  | { readonly as: "text"; readonly characters: number }
  | { readonly as: "name"; readonly reason: string };

export interface AttachmentLimits extends Pick<ModelLimits, "files"> {
  /** Estimated tokens for all images and documents of a request. */
  readonly tokens: number;
  /** Characters for all text files of one message. */
  readonly characters: number;
}

/** Keyed by file id. */
export type AttachmentPlan = ReadonlyMap<string, AttachmentRendering>;

export const NO_LONGER_STORED = "it is no longer stored";
const UNSUPPORTED_TYPE = "its type is not supported, or its content does not match its type";
const BUDGET_EXCEEDED = "it does not fit with the other files of this message";
const REPLACED_BY_NEWER = "it is no longer shown, to make room for newer files";

/**
 * Returns the limits for attachments. Images and documents take at most half of the budget for messages; the text files of
 * one message take about a quarter of the context.
 * @param messageTokens estimated tokens available for messages.
 * @param maxTokens estimated tokens that the model is known to accept.
 */
export function attachmentLimits(
  { files, contextTokens }: ModelLimits,
  messageTokens: number,
  maxTokens: number,
  maxMessageSize: number,
): AttachmentLimits {
  return {
    files,
    tokens: Math.min(messageTokens, maxTokens) / 2,
    characters: Math.floor(Math.min(contextTokens, maxTokens, maxMessageSize / 2)),
  };
}

/** Plans all files of a conversation. When not all fit, the newest files take precedence. */
export function planAttachments(
  messages: readonly Message[],
  limits: AttachmentLimits,
  isStored: (id: string) => boolean,
): AttachmentPlan {
  const groups = messages.map(filesIn).filter((group) => group.length > 0);
  const plan = new Map<string, AttachmentRendering>();
  for (const group of groups) {
    for (const file of group) plan.set(file.id, planAttachment(file, limits, isStored));
    distributeCharacters(group, plan, limits.characters);
  }
  const inline = groups.map((group) => group.filter(({ id }) => plan.get(id)?.as === "inline"));
  for (const [id, reason] of selectOmitted(inline, limits)) plan.set(id, { as: "name", reason });
  return plan;
}

/** Returns the attachments of a user message, or the pictures among the files of results. */
export function filesIn(message: Message): readonly ResultFile[] {
  if (message.role === "user") return message.attachments ?? [];
  if (message.role !== "results") return [];
  return message.results.flatMap(({ file }) => (file?.contents?.kind === "image" ? [file] : []));
}

/** Plans one file without regard to the others. */
function planAttachment(
  file: ResultFile,
  limits: AttachmentLimits,
  isStored: (id: string) => boolean,
): AttachmentRendering {
  const { contents } = file;
  const { files } = limits;
  if (!isStored(file.id)) return { as: "name", reason: NO_LONGER_STORED };
  if (files === undefined) return { as: "name", reason: "this model does not read files" };
  if (contents === undefined) return { as: "name", reason: UNSUPPORTED_TYPE };
  if (contents.kind === "text" && (contents.format === undefined || files === "refused"))
    return { as: "text", characters: 0 };
  if (files === "refused") return { as: "name", reason: "the model could not read the files" };
  const kind = contents.kind === "image" ? "images" : "documents";
  const reason = files[kind]
    ? describeViolation(file, contents, files[kind], limits.tokens)
    : `this model does not read ${kind}`;
  if (reason === undefined) return { as: "inline" };
  return contents.kind === "text" ? { as: "text", characters: 0 } : { as: "name", reason };
}

function describeViolation(
  { size }: ResultFile,
  contents: FileContents,
  { bytes, pixels }: FileKindLimits,
  tokens: number,
): string | undefined {
  if (size > bytes) return `it is larger than ${bytes / 1e6} MB`;
  if (contents.kind === "image" && pixels !== undefined && Math.max(contents.width, contents.height) > pixels)
    return `it is larger than ${pixels} pixels on one side`;
  return estimateFileTokens(contents, size) > tokens ? "it is longer than this model can read" : undefined;
}

/** Divides the characters equally. What a short text does not use goes to the texts after it. */
function distributeCharacters(
  group: readonly ResultFile[],
  plan: Map<string, AttachmentRendering>,
  characters: number,
): void {
  const texts = group.filter(({ id }) => plan.get(id)?.as === "text");
  let remaining = characters;
  for (const [index, { id, size }] of texts.entries()) {
    const share = Math.min(size, Math.floor(remaining / (texts.length - index)));
    plan.set(id, { as: "text", characters: share });
    remaining -= share;
  }
}

/** Selects the files that do not fit, with a reason each: the oldest files first, and the last files of the newest message. */
function selectOmitted(
  groups: readonly (readonly ResultFile[])[],
  { files, tokens }: AttachmentLimits,
): readonly (readonly [id: string, reason: string])[] {
  if (files === undefined || files === "refused") return [];
  const newest = groups.findLast((group) => group.length > 0) ?? [];
  const older = groups.slice(0, groups.lastIndexOf(newest)).flat();
  const budget = { count: files.count, bytes: files.bytes, tokens };
  const counts = {
    images: stableCounts(older.filter(isImage).length, newest.filter(isImage).length, files.images),
    documents: stableCounts(
      older.filter(isDocument).length,
      newest.filter(isDocument).length,
      files.documents,
    ),
  };
  const fits = (file: ResultFile, count: { left: number }) => {
    const cost = file.contents === undefined ? 0 : estimateFileTokens(file.contents, file.size);
    if (count.left < 1 || budget.count < 1 || file.size > budget.bytes || cost > budget.tokens) return false;
    count.left -= 1;
    budget.count -= 1;
    budget.bytes -= file.size;
    budget.tokens -= cost;
    return true;
  };
  const countOf = (file: ResultFile) => (isImage(file) ? counts.images : counts.documents);
  return [
    ...newest
      .filter((file) => !fits(file, countOf(file).newest))
      .map(({ id }) => [id, BUDGET_EXCEEDED] as const),
    ...older
      .toReversed()
      .filter((file) => !fits(file, countOf(file).older))
      .map(({ id }) => [id, REPLACED_BY_NEWER] as const),
  ];
}

/**
 * Returns how many files of the newest message and of the older messages are shown. Older files are dropped in steps of
 * half the limit: otherwise the beginning of the conversation, which the model caches, would change with every new file.
 */
function stableCounts(older: number, newest: number, limits: FileKindLimits | undefined) {
  const count = limits?.count ?? 0;
  const excess = older - Math.max(0, count - newest);
  const step = Math.max(1, Math.floor(count / 2));
  const remaining = excess <= 0 ? older : older - Math.ceil(excess / step) * step;
  return { newest: { left: count }, older: { left: Math.max(0, remaining) } };
}

function isImage({ contents }: ResultFile): boolean {
  return contents?.kind === "image";
}

function isDocument(file: ResultFile): boolean {
  return !isImage(file);
}

/** Estimates the tokens of a stored message's files, in addition to its text. */
export function estimateAttachmentTokens(message: Message, plan: AttachmentPlan): number {
  return filesIn(message).reduce((sum, { id, contents, size }) => {
    const rendering = plan.get(id);
    if (rendering?.as === "text") return sum + Math.ceil(rendering.characters / 4);
    return rendering?.as === "inline" && contents ? sum + estimateFileTokens(contents, size) : sum;
  }, 0);
}
