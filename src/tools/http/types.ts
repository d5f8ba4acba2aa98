/** HTTP requests to APIs and their results. */

/** A complete request, ready to send. */
export interface ToolRequest {
  readonly method: string;
  /** Absolute and percent-encoded. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RequestBodyValue;
}

export type RequestBodyValue = string | Uint8Array | readonly MultipartPart[] | null;

/** One part of a multipart body. */
export interface MultipartPart {
  /** Undefined in a body whose parts are known by their position. */
  readonly name: string | undefined;
  readonly filename?: string | undefined;
  readonly contentType?: string | undefined;
  /** Headers in addition to Content-Disposition and Content-Type. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly content: string | Uint8Array;
}

/** The result of sending a request. `failed` means that no response was received. */
export type HttpResult =
  | {
      readonly outcome: "received";
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array<ArrayBuffer>;
      /** True when the response exceeded the size limit. `body` is its beginning. */
      readonly truncated: boolean;
      /** Why the response did not end. `body` is what arrived until then. */
      readonly incomplete?: "timeout" | "connection" | undefined;
    }
  | { readonly outcome: "failed"; readonly problem: string };
