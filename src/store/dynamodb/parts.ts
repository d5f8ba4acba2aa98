/** Splits texts that are too long for one item. DynamoDB limits an item to 400 KB. */

/** Characters per part. A character takes at most three bytes. */
const MAX_PART_LENGTH = 120_000;

export function splitIntoParts(serialized: string): readonly string[] {
  const parts: string[] = [];
  for (let index = 0; index < serialized.length; ) {
    let end = Math.min(index + MAX_PART_LENGTH, serialized.length);
    // A surrogate pair must not be split: half of it cannot be encoded.
    if (/[\uD800-\uDBFF]/.test(serialized[end - 1] ?? "")) end -= 1;
    parts.push(serialized.slice(index, end));
    index = end;
  }
  return parts;
}

/** Returns a part number as a suffix of a sort key. */
export function partSuffix(number: number): string {
  return `${number}`.padStart(5, "0");
}
