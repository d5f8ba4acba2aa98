/**
 * The operations of an API, with all references resolved and all schemas in JSON Schema draft 2020-12. The document
 * readers produce these types. Tools and requests are built from nothing else.
 */
import type { JsonSchema } from "../chat/types.ts";

/**
 * An Operation Object (https://spec.openapis.org/oas/v3.1.1.html#operation-object), with the values that it inherits
 * from its path item and document.
 */
export interface Operation {
  /** `GET`. Methods of `additionalOperations` are written as in the document. */
  readonly method: string;
  /** The path template as written in the document: `/users/{id}`. */
  readonly path: string;
  /** The template with plain placeholders, when the document writes others: `{proxy+}`, `{id:[0-9]+}`. */
  readonly pathTemplate?: string | undefined;
  readonly operationId?: string | undefined;
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
  readonly tags: readonly string[];
  readonly deprecated: boolean;
  /** The parameters of the path item and the operation, which takes precedence for the same name and `in`. */
  readonly parameters: readonly Parameter[];
  readonly body?: RequestBody | undefined;
  readonly responses: readonly OperationResponse[];
  /**
   * URLs of the nearest `servers` field (operation, path item, root), absolute or relative, with the defaults of their
   * variables. Empty when none is declared.
   */
  readonly servers: readonly string[];
  /** Alternatives, of which one must be satisfied. An empty list or an empty requirement needs no credentials. */
  readonly security: readonly SecurityRequirement[];
  /** The fields of the operation that are meant for specchat: `x-specchat`. */
  readonly extensions: Readonly<Record<string, unknown>>;
  /**
   * The definitions that the schemas of the parameters and body refer to as `#/$defs/Name`. Complete: every reference
   * in a schema or definition resolves here.
   */
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

/** `querystring`, since 3.2, is the whole query. */
export type ParameterIn = "path" | "query" | "header" | "cookie" | "querystring";
export type ParameterStyle =
  | "matrix"
  | "label"
  | "simple"
  | "form"
  | "spaceDelimited"
  | "pipeDelimited"
  /** Only in 2.0, as `tsv`. */
  | "tabDelimited"
  /** Since 3.2: like `form`, but not percent-encoded. */
  | "cookie"
  | "deepObject";

/** A Parameter Object with default `style` and `explode`: https://spec.openapis.org/oas/v3.1.1.html#parameter-object */
export interface Parameter {
  readonly name: string;
  readonly in: ParameterIn;
  readonly required: boolean;
  readonly description?: string | undefined;
  readonly deprecated: boolean;
  readonly style: ParameterStyle;
  readonly explode: boolean;
  readonly allowReserved: boolean;
  readonly allowEmptyValue: boolean;
  /** The separators of the lists within a list of 2.0, outermost first. Elsewhere they are written as JSON. */
  readonly itemSeparators?: readonly string[] | undefined;
  /** Whether the value of a path parameter keeps its slashes, as in `{proxy+}`. */
  readonly spansSegments?: boolean | undefined;
  readonly schema: JsonSchema;
  /** The media type of a parameter with `content`, which serialises its value instead of `style`. */
  readonly mediaType?: string | undefined;
  /** The encoding of the fields of a query string that is a form. Set for a field of its own that has no style. */
  readonly encoding?: MediaType["encoding"];
  readonly example?: unknown;
}

/** A Request Body Object: https://spec.openapis.org/oas/v3.1.1.html#request-body-object */
export interface RequestBody {
  readonly required: boolean;
  readonly description?: string | undefined;
  /** In the order of the document. */
  readonly content: readonly MediaType[];
}

/** A Media Type Object: https://spec.openapis.org/oas/v3.1.1.html#media-type-object */
export interface MediaType {
  /** In lower case, without parameters: `application/json`. */
  readonly mediaType: string;
  /** The parameters of the media type as written in the document: `version=2`. */
  readonly parameters?: string;
  readonly schema: JsonSchema;
  /** The name of the schema that `schema` refers to, for the root element of XML. */
  readonly schemaName?: string | undefined;
  /** The values of `example` and `examples`. */
  readonly examples?: readonly unknown[] | undefined;
  readonly encoding: Readonly<Record<string, Encoding>>;
  /** The encoding of the parts of a multipart body that is a list, since 3.2. */
  readonly positions?: EncodingByPosition | undefined;
}

/** Encoding by position: https://spec.openapis.org/oas/v3.2.0.html#encoding-by-position */
export interface EncodingByPosition {
  readonly first: readonly Encoding[];
  /** Of the items after the first ones. */
  readonly others: Encoding;
}

/** An Encoding Object: https://spec.openapis.org/oas/v3.1.1.html#encoding-object */
export interface Encoding {
  readonly contentType?: string | undefined;
  /** Whether the content type is that of each item of a list, since 3.2. Before, JSON is the whole list. */
  readonly isPerItem?: boolean | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly style?: ParameterStyle | undefined;
  readonly explode?: boolean | undefined;
  readonly allowReserved?: boolean | undefined;
  /** As `itemSeparators` of a parameter. */
  readonly itemSeparators?: readonly string[] | undefined;
}

export interface OperationResponse {
  /** `200`, `4XX` or `default`. */
  readonly status: string;
  readonly description: string;
  /** The names of the declared headers, in lower case. */
  readonly headers?: readonly string[] | undefined;
  /** The declared media types as written, with their parameters. */
  readonly mediaTypes?: readonly string[] | undefined;
  readonly links?: readonly Link[] | undefined;
}

/** A Link Object, which names its operation in one of two ways: https://spec.openapis.org/oas/v3.1.1.html#link-object */
export interface Link {
  readonly operationId: string | undefined;
  /** The operation of `operationRef`. */
  readonly endpoint: { readonly method: string; readonly path: string } | undefined;
  /** Names of arguments, and the runtime expressions of their values: `$response.body#/id`. */
  readonly values: readonly (readonly [name: string, expression: string])[];
}

/** The scopes by scheme name. All schemes of a requirement are needed together. */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>;

/** A Security Scheme Object: https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object */
export type SecurityScheme = { readonly description?: string } & (
  | { readonly type: "apiKey"; readonly name: string; readonly in: "query" | "header" | "cookie" }
  | { readonly type: "http"; readonly scheme: string }
  | { readonly type: "oauth2"; readonly tokenUrl?: string | undefined; readonly scopes: readonly string[] }
  | { readonly type: "openIdConnect"; readonly url: string }
  | { readonly type: "mutualTLS" }
  | { readonly type: "unknown"; readonly name: string }
);

/** An operation that cannot be used, and the reason. */
export interface Rejection {
  readonly method: string;
  readonly path: string;
  readonly reason: string;
}

/** An API description: its root document and everything it refers to. */
export interface ApiDescription {
  /** The source of the document, for messages: a path, a URL or `standard input`. */
  readonly source: string;
  readonly title: string;
  readonly version: string;
  /** The URL of the document if it has one. Relative server URLs resolve against it. */
  readonly url?: string | undefined;
  /** The locations of all its documents: the root first, overlays last. */
  readonly documents: readonly string[];
  /** URLs of the root `servers`, with the defaults of their variables. May be relative; empty when none is declared. */
  readonly servers: readonly string[];
  readonly operations: readonly Operation[];
  readonly rejected: readonly Rejection[];
  /** Problems that cost less than an operation, one line each. */
  readonly warnings: readonly string[];
  readonly securitySchemes: Readonly<Record<string, SecurityScheme>>;
  /** Set when overlays were applied. */
  readonly overlays?: OverlayReport | undefined;
}

/** The effects of overlays on a document. */
export interface OverlayReport {
  readonly locations: readonly string[];
  /** In the order of application. */
  readonly effects: readonly OverlayEffect[];
  /** One line each: actions without effect, and overlays that were written for another document. */
  readonly warnings: readonly string[];
}

/** The effect of one overlay action. */
export interface OverlayEffect {
  /** The location of the overlay. */
  readonly overlay: string;
  /** The number of the action within the overlay, from 1. */
  readonly action: number;
  /** Type and target: `update $.paths.*.get`. */
  readonly summary: string;
  /** Number of values that the target selected. */
  readonly matches: number;
  /** Number of affected operations. */
  readonly operations: number;
}
