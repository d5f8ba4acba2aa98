/** The built page: its files by path under the UI's address. */
export interface Asset extends Representation {
  readonly contentType: string;
  /** Its name holds a hash of its content: it may be cached for ever. */
  readonly immutable: boolean;
  /** Made when it is first asked for, once. Undefined: it would not get smaller. */
  gzip(): Representation | undefined;
}

/** One of the forms an asset is sent in. */
export interface Representation {
  readonly body: Uint8Array<ArrayBuffer>;
  /** Strong, quoted: another one for each form. */
  readonly etag: string;
}

/** `""` is the page itself. Undefined: no such file. */
export type Page = (path: string) => Promise<Asset | undefined>;
