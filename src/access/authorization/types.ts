/** The types of authorization. */
import type { CallerLimits } from "../limits/types.ts";
import type { Caller } from "../types.ts";
import type { RolesDocument } from "./roles-schema.ts";

/** An operation or another tool, as rules match it. */
export interface OperationFacts {
  /** The name of the tool. */
  readonly name: string;
  readonly api?: string;
  readonly operationId?: string;
  /** In upper case. */
  readonly method?: string;
  /** The path template of the document. */
  readonly path?: string;
  readonly tags: readonly string[];
  /** The origin of a tool that is no operation: a module, or the name of an MCP server. */
  readonly source?: string;
  /** True when it changes nothing. */
  readonly readOnly?: boolean;
  /** True when `x-specchat` demands approval. */
  readonly isConfirmed?: boolean;
}

/** `ask`: a call needs approval. `never-ask`: it needs none. `allowed`: the other settings decide. */
export type OperationPermission = "allowed" | "ask" | "never-ask" | "forbidden";

/** What an administrator may see of others: their usage, or their conversations. */
export type AdministeredData = "usage" | "texts";

/** What a caller may do. */
export interface Permissions {
  /** Equal for equal permissions of one version of the roles. */
  readonly key: string;
  readonly limits: CallerLimits;
  /** The models to take when a request names none, the first that is offered. */
  readonly defaultModels: readonly string[];
  operation(operation: OperationFacts): OperationPermission;
  allowsModel(id: string): boolean;
  allowsProtocol(name: string): boolean;
  administrates(data: AdministeredData): boolean;
}

/** Decides what callers may do. */
export interface Authorizer {
  /** The names of all roles. */
  readonly roleNames: readonly string[];
  /** Returns the current permissions of a caller. They change when the roles do, so they are not kept for long. */
  permissionsFor(caller: Caller): Permissions;
  /** Returns the permissions of a caller with these roles. Names of no role give nothing. */
  permissionsOf(roles: readonly string[]): Permissions;
  /** Returns the rules that forbid or demand approval and match none of the operations, each with its place in the file. */
  listUnmatchedRules(operations: readonly OperationFacts[]): readonly string[];
  /** Calls a function after each replacement of the roles. */
  onChange(listener: () => void): void;
  /** Replaces all roles at once. Permissions that were returned before stay as they are. */
  replace(roles: RolesDocument): void;
}
