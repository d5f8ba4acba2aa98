/** Requests to AWS and their responses, whatever sends them. */

export interface HttpRequest {
  readonly method: "POST";
  /** With a colon. */
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** By name in lower case, with `host`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface HttpResponse {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes as they arrive. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Releases the connection, and closes it unless the whole body has been read. It may be called several times. */
  close(): void;
}

/** Sends a request. Aborting `signal` closes the connection, even while the body is read. */
export type SendHttp = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>;
