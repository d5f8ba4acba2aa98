/** Fetches whole results of calls from the server, part by part. */

import { resolveCallUrl } from "../browser/address.ts";
import { t } from "../language/language.ts";
import type { ResultPartFrame } from "../protocol.ts";
import { type ResultContent, readWholeContent } from "./content.ts";

export interface ResultSource {
  readonly session: string;
  readonly call: string;
}

/** Results that stay in memory, so that a viewer that is opened again has its result at once. */
const MAX_KEPT = 3;
const kept = new Map<string, ResultContent>();

export function findKeptResult({ session, call }: ResultSource): ResultContent | undefined {
  return kept.get(`${session} ${call}`);
}

/**
 * @param onProgress receives the share that has arrived, from 0 to 1.
 * @throws Error whose message is for a person.
 */
export async function fetchResult(
  source: ResultSource,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<ResultContent> {
  const parts: ResultPartFrame[] = [];
  let from: number | null = 0;
  while (from !== null) {
    const part = await fetchPart(source, from, signal);
    parts.push(part);
    from = part.next;
    onProgress(from === null ? 1 : from / Math.max(1, part.length));
  }
  const content = readWholeContent(parts[0]?.head ?? [], parts.map(({ text }) => text).join(""));
  keep(`${source.session} ${source.call}`, content);
  return content;
}

async function fetchPart(
  { session, call }: ResultSource,
  from: number,
  signal: AbortSignal,
): Promise<ResultPartFrame> {
  const response = await fetch(`${resolveCallUrl(session, call)}/result?from=${from}`, { signal });
  if (response.ok) return await response.json();
  const { detail } = await response.json().catch(() => ({ detail: undefined }));
  throw new Error(typeof detail === "string" ? detail : t("result.loadFailed"));
}

function keep(key: string, content: ResultContent): void {
  kept.set(key, content);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
}
