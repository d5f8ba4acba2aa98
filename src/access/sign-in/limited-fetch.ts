/** Sends the requests to the OpenID provider, with limits on time and size. */
import type { CustomFetch } from "openid-client";

export type SendRequest = (url: string, init: BunFetchRequestInit) => Promise<Response>;

/** Keys and metadata of the largest providers have about 20,000 bytes. */
const MAX_BYTES = 1_000_000;
const TIMEOUT_MS = 10_000;

/** Returns a function that follows no redirects and reads at most {@link MAX_BYTES} within {@link TIMEOUT_MS}. */
export function createLimitedFetch(send: SendRequest): CustomFetch {
  return async (url, { body, method, headers, signal }) => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const response = await send(url, {
      method,
      headers,
      redirect: "manual",
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(body !== null && body !== undefined && { body: String(body) }),
    });
    const { status } = response;
    const text = await readLimited(response);
    const isEmpty = status === 204 || status === 205 || status === 304;
    return new Response(isEmpty ? null : text, { status, headers: response.headers });
  };
}

/** @throws Error when the body is too long. */
async function readLimited({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error(`the response of the provider has more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks, length));
}
