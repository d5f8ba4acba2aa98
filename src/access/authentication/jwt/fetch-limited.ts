/** Fetches keys: a short text from a configured address, without redirects. */

export type KeyFetch = (url: string, init: BunFetchRequestInit) => Promise<Response>;

const MAX_BYTES = 1_000_000;

/** @throws Error for another status than 200 and beyond the limit of bytes. */
export async function fetchLimited(
  fetch: KeyFetch,
  url: string,
  { signal, headers }: { readonly signal: AbortSignal; readonly headers?: Headers },
): Promise<string> {
  const response = await fetch(url, { signal, redirect: "manual", ...(headers && { headers }) });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`the response has more than ${MAX_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
