/**
 * What a model is shown of the files that people attached: an image or a document itself, the text of a text file, or the
 * name alone, and why. Pure, and decided from what is known of a file, not from its bytes.
 */
import type { FileKindLimits, ModelLimits } from "../../model/types.ts";
import { fileTokens } from "../tokens.ts";
import type { FileContents, Message, ResultFile } from "../types.ts";

export type Sight =
  | { readonly as: "itself" }
  /** `characters`: as many as there is room for. */
  | { readonly as: "text"; readonly characters: number }
  | { readonly as: "name"; readonly reason: string };

export interface SightLimits extends Pick<ModelLimits, "files"> {
  /** Estimated, of all images and documents of a request. */
  readonly tokens: number;
  /** Of all texts that came with one message. */
  readonly characters: number;
}

/** By the file's id. */
export type Sights = ReadonlyMap<string, Sight>;

export const NOT_KEPT = "it is no longer kept";
const NO_KIND = "no model reads such a file, or it is not what it is said to be";
const NO_ROOM = "there is no room for it beside the other files of this message";
const NO_LONGER = "it is no longer shown, to make room for newer files";

/**
 * Images and documents take at most half of what there is for messages, the texts of one message about a quarter of what
 * the model reads. `room`: estimated tokens for messages; `maxTokens`: what was found to be too many, if anything was.
 */
export function sightLimits(
  { files, contextTokens }: ModelLimits,
  room: number,
  maxTokens: number,
  maxMessageSize: number,
): SightLimits {
  return {
    files,
    tokens: Math.min(room, maxTokens) / 2,
    characters: Math.floor(Math.min(contextTokens, maxTokens, maxMessageSize / 2)),
  };
}

/** Of all files of a conversation: the newest are shown when all are too many. */
export function sightsOf(
  messages: readonly Message[],
  limits: SightLimits,
  isKept: (id: string) => boolean,
): Sights {
  const groups = messages.flatMap((message) =>
    message.role === "user" && message.attachments ? [message.attachments] : [],
  );
  const sights = new Map<string, Sight>();
  for (const group of groups) {
    for (const file of group) sights.set(file.id, sightOf(file, limits, isKept));
    shareCharacters(group, sights, limits.characters);
  }
  const shown = groups.map((group) => group.filter(({ id }) => sights.get(id)?.as === "itself"));
  for (const [id, reason] of leftOut(shown, limits)) sights.set(id, { as: "name", reason });
  return sights;
}

/** Of a file alone. */
function sightOf(file: ResultFile, limits: SightLimits, isKept: (id: string) => boolean): Sight {
  const { contents } = file;
  const { files } = limits;
  if (!isKept(file.id)) return { as: "name", reason: NOT_KEPT };
  if (files === undefined) return { as: "name", reason: "this model reads no files" };
  if (contents === undefined) return { as: "name", reason: NO_KIND };
  if (contents.kind === "text" && (contents.format === undefined || files === "refused"))
    return { as: "text", characters: 0 };
  if (files === "refused") return { as: "name", reason: "the model could not read the files" };
  const kind = contents.kind === "image" ? "images" : "documents";
  const reason = files[kind]
    ? problemOf(file, contents, files[kind], limits.tokens)
    : `this model reads no ${kind}`;
  if (reason === undefined) return { as: "itself" };
  return contents.kind === "text" ? { as: "text", characters: 0 } : { as: "name", reason };
}

function problemOf(
  { size }: ResultFile,
  contents: FileContents,
  { bytes, pixels }: FileKindLimits,
  tokens: number,
): string | undefined {
  if (size > bytes) return `it is larger than ${bytes / 1e6} MB`;
  if (contents.kind === "image" && pixels !== undefined && Math.max(contents.width, contents.height) > pixels)
    return `it is larger than ${pixels} pixels a side`;
  return fileTokens(contents, size) > tokens ? "it is longer than this model can read" : undefined;
}

/** Equal parts, and what a short text leaves goes to those after it. */
function shareCharacters(group: readonly ResultFile[], sights: Map<string, Sight>, characters: number): void {
  const texts = group.filter(({ id }) => sights.get(id)?.as === "text");
  let left = characters;
  for (const [index, { id, size }] of texts.entries()) {
    const share = Math.min(size, Math.floor(left / (texts.length - index)));
    sights.set(id, { as: "text", characters: share });
    left -= share;
  }
}

/** Those that are too many, with the reason: the oldest first, and of the newest message the last. */
function leftOut(
  groups: readonly (readonly ResultFile[])[],
  { files, tokens }: SightLimits,
): readonly (readonly [id: string, reason: string])[] {
  if (files === undefined || files === "refused") return [];
  const newest = groups.findLast((group) => group.length > 0) ?? [];
  const older = groups.slice(0, groups.lastIndexOf(newest)).flat();
  const room = { count: files.count, bytes: files.bytes, tokens };
  const counts = {
    images: steady(older.filter(isImage).length, newest.filter(isImage).length, files.images),
    documents: steady(older.filter(isDocument).length, newest.filter(isDocument).length, files.documents),
  };
  const fits = (file: ResultFile, count: { left: number }) => {
    const cost = file.contents === undefined ? 0 : fileTokens(file.contents, file.size);
    if (count.left < 1 || room.count < 1 || file.size > room.bytes || cost > room.tokens) return false;
    count.left -= 1;
    room.count -= 1;
    room.bytes -= file.size;
    room.tokens -= cost;
    return true;
  };
  const countOf = (file: ResultFile) => (isImage(file) ? counts.images : counts.documents);
  return [
    ...newest.filter((file) => !fits(file, countOf(file).newest)).map(({ id }) => [id, NO_ROOM] as const),
    ...older
      .toReversed()
      .filter((file) => !fits(file, countOf(file).older))
      .map(({ id }) => [id, NO_LONGER] as const),
  ];
}

/**
 * How many there may be of the newest message and of those before it. When older ones have to go, they go in steps of half
 * of what is allowed: the beginning of the conversation, which the model has cached, would change with each file otherwise.
 */
function steady(older: number, newest: number, limits: FileKindLimits | undefined) {
  const count = limits?.count ?? 0;
  const excess = older - Math.max(0, count - newest);
  const step = Math.max(1, Math.floor(count / 2));
  const stay = excess <= 0 ? older : older - Math.ceil(excess / step) * step;
  return { newest: { left: count }, older: { left: Math.max(0, stay) } };
}

function isImage({ contents }: ResultFile): boolean {
  return contents?.kind === "image";
}

function isDocument(file: ResultFile): boolean {
  return !isImage(file);
}

/** What the files of a stored message cost beside its text, estimated. */
export function sightTokens(message: Message, sights: Sights): number {
  if (message.role !== "user") return 0;
  return (message.attachments ?? []).reduce((sum, { id, contents, size }) => {
    const sight = sights.get(id);
    if (sight?.as === "text") return sum + Math.ceil(sight.characters / 4);
    return sight?.as === "itself" && contents ? sum + fileTokens(contents, size) : sum;
  }, 0);
}
