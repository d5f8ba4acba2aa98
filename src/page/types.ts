/** The built page: its files by path under the UI's address. */
export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  /** Strong, quoted: a hash of the body. */
  readonly etag: string;
  /** Its name holds a hash of its content: it may be cached for ever. */
  readonly immutable: boolean;
}

/** `""` is the page itself. Undefined: no such file. */
export type Page = (path: string) => Promise<Asset | undefined>;
