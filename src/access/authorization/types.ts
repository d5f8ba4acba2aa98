/** The types of authorization. */
import type { CallerLimits } from "../limits/types.ts";
import type { Caller } from "../types.ts";

/** An operation or another tool, as rules match it. */
export interface OperationFacts {
  /** The name of the tool. */
  readonly name: string;
  readonly api?: string;
  readonly operationId?: string;
  /** In upper case. */
  readonly method?: string;
  readonly path?: string;
  readonly tags: readonly string[];
}

/** `ask`: a call needs approval. `never-ask`: it needs none. `allowed`: the other settings decide. */
export type OperationPermission = "allowed" | "ask" | "never-ask" | "forbidden";

/** What a caller may do. */
export interface Permissions {
  /** Equal for equal permissions. */
  readonly key: string;
  readonly isAdministrator: boolean;
  readonly limits: CallerLimits;
  operation(operation: OperationFacts): OperationPermission;
  allowsModel(id: string): boolean;
  allowsProtocol(name: string): boolean;
}

/** Decides what callers may do. */
export interface Authorizer {
  permissionsFor(caller: Caller): Permissions;
}
