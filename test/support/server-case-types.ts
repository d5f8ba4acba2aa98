/** The form of the cases in `test/fixtures/cases/server`. */

/** Words that must be there. A list within the list means any of these. */
export type Words = readonly (string | readonly string[])[];

export interface Step {
  readonly get?: string | readonly string[];
  readonly post?: string | readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status?: number;
  readonly statusNot?: number;
  readonly has?: Words;
  readonly lacks?: readonly string[];
  readonly times?: number;
  readonly answered?: { readonly least: number; readonly most: number };
  /** Remembers the cookies of the response under this name. */
  readonly keep?: string;
  readonly socket?: string;
  readonly path?: string;
  readonly opens?: false;
  readonly approves?: true;
  readonly asks?: unknown;
  readonly say?: unknown;
  /** The type of the frame that ends the reply. */
  readonly gets?: string;
  readonly model?: readonly {
    readonly text?: string;
    readonly tools?: readonly { readonly name: string; readonly input: Readonly<Record<string, unknown>> }[];
  }[];
  readonly asked?: {
    readonly tools?: readonly string[];
    readonly toolsHave?: readonly string[];
    readonly toolsLack?: readonly string[];
    readonly systemHas?: readonly string[];
    readonly systemLacks?: readonly string[];
    readonly messages?: number;
    readonly key?: string;
  };
  readonly calls?: { readonly least: number; readonly most: number };
  readonly log?: { readonly has?: Words; readonly lacks?: readonly string[] };
  readonly wait?: number;
}

export interface ServerCase {
  readonly id: string;
  /** What must happen. */
  readonly about: string;
  /** A file of `test/fixtures/cases/documents`. */
  readonly document?: string;
  /** A document with so many operations instead. */
  readonly many?: number;
  readonly options?: readonly string[];
  readonly env?: Readonly<Record<string, string | null>>;
  /** Files in the empty folder, which is also HOME. */
  readonly files?: Readonly<Record<string, string>>;
  /** False leaves out region, keys, model and endpoint of AWS. */
  readonly aws?: boolean;
  readonly steps?: readonly Step[];
  /** The server does not start, and prints these words. */
  readonly refused?: Words;
  readonly command?: readonly string[];
  readonly stdin?: readonly unknown[];
  readonly expect?: {
    readonly tools?: readonly string[];
    readonly absent?: readonly string[];
    readonly says?: { readonly has?: Words; readonly lacks?: readonly string[] };
    readonly least?: number;
    readonly whole?: true;
  };
}
