/**
 * An API's operations, as its OpenAPI document describes them, with every reference followed and every schema in one
 * dialect. What reads a document yields these; what makes tools and requests needs nothing else.
 */
import type { JsonSchema } from "../chat/types.ts";

export type OperationMethod =
  | "GET"
  | "PUT"
  | "POST"
  | "DELETE"
  | "OPTIONS"
  | "HEAD"
  | "PATCH"
  | "TRACE"
  | "QUERY";

/** https://spec.openapis.org/oas/v3.1.1.html#operation-object, with what its path item and document add to it. */
export interface Operation {
  readonly method: OperationMethod;
  /** The path template as it stands in the document: `/users/{id}`. */
  readonly path: string;
  /** Where it stands in the document, for messages: `#/paths/~1users~1{id}/get`. */
  readonly pointer: string;
  readonly operationId?: string | undefined;
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
  readonly tags: readonly string[];
  readonly deprecated: boolean;
  /** The path item's parameters, overridden by the operation's own (same name and `in`). */
  readonly parameters: readonly Parameter[];
  readonly body?: RequestBody | undefined;
  readonly responses: readonly OperationResponse[];
  /** Absolute or relative URLs of the nearest `servers` (operation, path item, root), variables filled with their defaults. Empty: none declared. */
  readonly servers: readonly string[];
  /** One of these must be met; an empty requirement means none is needed; an empty list likewise. */
  readonly security: readonly SecurityRequirement[];
  /** `x-…` fields of the operation. */
  readonly extensions: Readonly<Record<string, unknown>>;
  /**
   * The `$defs` that this operation's schemas refer to as `#/$defs/Name`: shared by its parameters and body, and
   * complete (each reference in a schema or a definition resolves here).
   */
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

export type ParameterIn = "path" | "query" | "header" | "cookie";
export type ParameterStyle =
  | "matrix"
  | "label"
  | "simple"
  | "form"
  | "spaceDelimited"
  | "pipeDelimited"
  /** `tsv` of 2.0 alone. */
  | "tabDelimited"
  /** 3.2: as `form`, not percent-encoded. */
  | "cookie"
  | "deepObject";

/** https://spec.openapis.org/oas/v3.1.1.html#parameter-object with the defaults of `style` and `explode` filled in. */
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
  readonly schema: JsonSchema;
  /** Set when the parameter has `content`: its value is serialised as this media type instead of by `style`. */
  readonly mediaType?: string | undefined;
  readonly example?: unknown;
}

/** https://spec.openapis.org/oas/v3.1.1.html#request-body-object; `content` in the document's order. */
export interface RequestBody {
  readonly required: boolean;
  readonly description?: string | undefined;
  readonly content: readonly MediaType[];
}

/** https://spec.openapis.org/oas/v3.1.1.html#media-type-object */
export interface MediaType {
  /** Lower case, without parameters: `application/json`. */
  readonly mediaType: string;
  /** Those it is declared with, as they stand there: `version=2`. */
  readonly parameters?: string;
  readonly schema: JsonSchema;
  readonly encoding: Readonly<Record<string, Encoding>>;
}

/** https://spec.openapis.org/oas/v3.1.1.html#encoding-object */
export interface Encoding {
  readonly contentType?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly style?: ParameterStyle | undefined;
  readonly explode?: boolean | undefined;
  readonly allowReserved?: boolean | undefined;
}

export interface OperationResponse {
  /** `200`, `4XX` or `default`. */
  readonly status: string;
  readonly description: string;
}

/** Scheme name → scopes. All schemes of one requirement are needed together. */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>;

/** https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object */
export type SecurityScheme =
  | { readonly type: "apiKey"; readonly name: string; readonly in: "query" | "header" | "cookie" }
  | { readonly type: "http"; readonly scheme: string }
  | { readonly type: "oauth2"; readonly tokenUrl?: string | undefined; readonly scopes: readonly string[] }
  | { readonly type: "openIdConnect"; readonly url: string }
  | { readonly type: "mutualTLS" }
  | { readonly type: "unknown"; readonly name: string };

/** An operation that cannot be offered, and why. */
export interface Rejection {
  readonly method: string;
  readonly path: string;
  readonly reason: string;
}

/** A document read whole. */
export interface ApiDescription {
  /** Where it came from, for messages: a path, a URL, `standard input`. */
  readonly source: string;
  readonly title: string;
  readonly version: string;
  /** The document's own address, when it has one: what relative server URLs are relative to. */
  readonly url?: string | undefined;
  /** Where every document that it is written in came from, the root first and overlays last. */
  readonly documents: readonly string[];
  /** The root's `servers`, variables filled with their defaults; may be relative. Empty: none declared. */
  readonly servers: readonly string[];
  readonly operations: readonly Operation[];
  readonly rejected: readonly Rejection[];
  readonly securitySchemes: Readonly<Record<string, SecurityScheme>>;
  /** Set when there were any. */
  readonly overlays?: OverlayReport | undefined;
}

/** What overlays did to a document. */
export interface OverlayReport {
  readonly locations: readonly string[];
  /** In the order in which they were done. */
  readonly effects: readonly OverlayEffect[];
  /** One line each: actions that did nothing, overlays that were written for another document. */
  readonly warnings: readonly string[];
}

/** What one action of an overlay did. */
export interface OverlayEffect {
  readonly overlay: string;
  /** Its number within the overlay, from 1. */
  readonly action: number;
  /** `update $.paths.*.get` */
  readonly summary: string;
  /** Values that its target selected. */
  readonly matches: number;
  /** Operations that these are part of. */
  readonly operations: number;
}
