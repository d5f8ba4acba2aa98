/** A file of the built page. */
export interface Asset extends Representation {
  readonly contentType: string;
  /** Whether clients may cache it forever, because its name contains a hash of its content. */
  readonly immutable: boolean;
  /** Returns the compressed representation, or undefined when compression does not help. Compresses once. */
  compress(coding: "br" | "gzip"): Representation | undefined;
}

/** One representation of an asset. */
export interface Representation {
  readonly body: Uint8Array<ArrayBuffer>;
  /** A strong tag, quoted; different for each representation. */
  readonly etag: string;
}

/** Returns the asset at a path relative to the page, or undefined when there is none. `""` is the page itself. */
export type Page = (path: string) => Promise<Asset | undefined>;
