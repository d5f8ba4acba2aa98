/** Divides a text into chunks of one size, numbered from 1. They join back exactly and never split a surrogate pair. Pure. */

export interface ResultChunk {
  readonly text: string;
  /** The position in the full text, in UTF-16 units. */
  readonly start: number;
}

export function chunkCount(text: string, size: number): number {
  return Math.max(1, Math.ceil(text.length / size));
}

/** @param number 1 to {@link chunkCount}. */
export function chunkAt(text: string, size: number, number: number): ResultChunk {
  const start = safeBoundary(text, (number - 1) * size);
  return { text: text.slice(start, safeBoundary(text, number * size)), start };
}

/** Returns the number of the chunk that holds a position. */
export function chunkNumberAt(position: number, size: number): number {
  return Math.floor(position / size) + 1;
}

/** Returns the position, or the one before it when it would split a surrogate pair. */
export function safeBoundary(text: string, position: number): number {
  const isWithinPair =
    position > 0 &&
    position < text.length &&
    isHighSurrogate(text.charCodeAt(position - 1)) &&
    isLowSurrogate(text.charCodeAt(position));
  return isWithinPair ? position - 1 : Math.min(position, text.length);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
