/** Search over tools: what is indexed, and what a search returns. */
import type { AnyTool } from "../types.ts";

/** What an operation or a question does. `list` returns several records, `read` one. */
export type VerbClass = "list" | "read" | "create" | "update" | "delete";

/** The texts of a tool, by how much they say about it. */
export interface SearchFields {
  /** The words of the tool's name and operationId. */
  readonly name: readonly string[];
  /** The literal segments of the path. */
  readonly path: readonly string[];
  /** The words of the last literal segment, which names the resource. */
  readonly resource: readonly string[];
  readonly summary: readonly string[];
  readonly tags: readonly string[];
  /** Sentences of users, from `x-specchat.examples`. */
  readonly examples: readonly string[];
  /** The values of a property such as `type` in the body, when one operation does several things. */
  readonly actions: readonly string[];
  /** The names of parameters and body properties. */
  readonly inputs: readonly string[];
  /** Descriptions, enum values and texts of overlays. */
  readonly text: readonly string[];
  readonly verb: VerbClass | undefined;
}

/** A tool that a search found. */
export interface SearchHit {
  readonly tool: AnyTool;
  /** Comparable within one query only. Higher is better. 1000 for a tool that the query names. */
  readonly score: number;
  readonly reasons: readonly SearchReason[];
}

/** A word of the query that a tool has. */
export interface SearchReason {
  readonly word: string;
  /** The words of the tool: the word itself, a synonym, or a correction of a typing mistake. */
  readonly match: string;
  /** The part of the score, before the factors for the operation as a whole. */
  readonly score: number;
  /** 1 when the match is the word itself. */
  readonly certainty: number;
}

export interface SearchResult {
  /** Best first. */
  readonly hits: readonly SearchHit[];
  /** False when the best hit covers too little of the query to be what was meant. */
  readonly isConfident: boolean;
}

/** The names of the tools that search and call. A name that another tool has already gets a prefix. */
export interface SearchToolNames {
  readonly find: string;
  readonly describe: string;
  readonly call: string;
}
