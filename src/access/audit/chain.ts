/**
 * The chain of an audit log: each line has a number and a hash of itself and of the line before it. A line that is removed,
 * changed or moved does not match the hash of the next one.
 */
import { createHash, createHmac } from "node:crypto";

/** A line of the chain. */
export interface ChainLink {
  readonly seq: number;
  /** 64 hexadecimal digits. */
  readonly hash: string;
}

/** The link before the first line. */
export const CHAIN_START: ChainLink = { seq: 0, hash: "0".repeat(64) };

export interface ChainedLine extends ChainLink {
  /** The line without its hash, as it is hashed. */
  readonly content: string;
}

/**
 * Adds an entry to the chain.
 * @param entry a JSON object that is not empty
 * @param key the key of an HMAC; a plain SHA-256 without
 * @returns the line without a line break
 */
export function chainEntry(
  previous: ChainLink,
  entry: string,
  key?: string,
): { readonly line: string; readonly link: ChainLink } {
  const seq = previous.seq + 1;
  const content = `{"seq":${seq},${entry.slice(1)}`;
  const hash = hashContent(previous.hash, content, key);
  return { line: `${content.slice(0, -1)},"hash":"${hash}"}`, link: { seq, hash } };
}

/** Returns the parts of a line; undefined when it is not a line of a chain. */
export function parseLine(line: string): ChainedLine | undefined {
  const [, content, seq, hash] = LINE.exec(line) ?? [];
  if (content === undefined || seq === undefined || hash === undefined) return undefined;
  return { seq: Number(seq), hash, content: `${content}}` };
}

const LINE = /^(\{"seq":(\d{1,15}),"[^\n]*),"hash":"([0-9a-f]{64})"\}$/;

/** Checks whether a line follows a hash. */
export function follows(previous: string, { content, hash }: ChainedLine, key?: string): boolean {
  return hashContent(previous, content, key) === hash;
}

export function hashText(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}

function hashContent(previous: string, content: string, key: string | undefined): string {
  const hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
  return hash.update(previous).update("\n").update(content).digest("hex");
}
