/** The cases of `test/fixtures/cases`: documents as people write them, and what must come of them. */
import type { RawResponse } from "./raw-api.ts";

/** One entry of a file in `test/fixtures/cases`. */
export interface Case {
  readonly id: string;
  readonly about?: string;
  /** The document beside the cases. */
  readonly document?: string;
  /** Documents of the case itself, by name. A value that is not a text is written as JSON. The first is the root. */
  readonly files?: Readonly<Record<string, unknown>>;
  /** More options of the command. `{FOLDER}` is the folder of `files`. */
  readonly options?: readonly string[];
  /** Runs `specchat tools --json`. */
  readonly list?: boolean;
  /** Runs `specchat call`. */
  readonly call?: {
    readonly tool: string;
    /** An object, or its JSON where digits or keys matter. */
    readonly args: object | string;
    /** Other arguments of which one must work. */
    readonly or?: readonly (object | string)[];
  };
  /** Sends the request of `call` instead of printing it. */
  readonly wire?: boolean;
  /** Makes a model call the tool during a chat. */
  readonly chat?: {
    readonly tool: string;
    readonly args: Record<string, unknown>;
    readonly attachments?: readonly {
      readonly name: string;
      readonly type: string;
      readonly base64: string;
    }[];
  };
  /** The API's response. */
  readonly answer?: RawResponse;
  readonly expect: Expectation;
}

export type HeaderExpectation =
  | string
  | null
  | readonly (string | null)[]
  | { readonly has?: string; readonly lacks?: string };

export interface PartExpectation {
  readonly name: string;
  readonly filename?: string;
  readonly type?: string;
  readonly text?: string;
  readonly base64?: string;
}

/** Everything that must be true. A list of texts means one of them. */
export interface Expectation {
  /** `METHOD /path?query`, from the server's address on. */
  readonly request?: string | readonly string[];
  readonly url?: string | readonly string[];
  readonly headers?: Readonly<Record<string, HeaderExpectation>>;
  readonly body?: unknown;
  readonly bodyText?: string | readonly string[];
  readonly bodyBase64?: string;
  readonly parts?: readonly PartExpectation[];
  /** Texts that no part of the request contains. */
  readonly lacks?: readonly string[];
  /** Expectations of the last request. */
  readonly last?: Expectation;
  readonly nothingSent?: boolean;
  /** Texts of the output. */
  readonly says?: readonly string[];
  /** Texts of standard error. */
  readonly warns?: readonly string[];
  readonly silent?: boolean;
  readonly tools?: readonly string[];
  readonly noTools?: readonly string[];
  /** `METHOD /path` → a part of the tool's name. */
  readonly names?: Readonly<Record<string, string>>;
  /** `tool` or `tool.argument` → texts of its definition; a list within is a choice. */
  readonly tells?: Readonly<Record<string, readonly (string | readonly string[])[]>>;
  readonly hides?: Readonly<Record<string, readonly string[]>>;
  /** Texts of the tool result. */
  readonly model?: readonly string[];
  readonly modelLacks?: readonly string[];
  readonly any?: readonly Expectation[];
}

/** A request in one form, printed by `--dry-run` or received by the API. */
export interface SentRequest {
  readonly method: string;
  /** The URL, without the API's address when `--base-url` is set. */
  readonly target: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly parts?: readonly SentPart[] | undefined;
}

export interface SentPart {
  readonly name: string;
  readonly filename?: string | undefined;
  readonly type?: string | undefined;
  readonly content: Uint8Array;
}

export interface ListedTool {
  readonly name: string;
  readonly method?: string;
  readonly path?: string;
  readonly description: string;
  readonly inputSchema: { readonly properties?: Readonly<Record<string, unknown>>; readonly $defs?: object };
}

/** Everything that a case produced. */
export interface Outcome {
  readonly requests: readonly SentRequest[];
  readonly tools: readonly ListedTool[];
  readonly out: string;
  readonly err: string;
  /** The tool result that the model reads. */
  readonly result?: string | undefined;
}
