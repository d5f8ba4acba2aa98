/** What an error message says about a model. */
import type { Capabilities } from "../capabilities-columns.ts";

export type InferredCapabilities = Partial<Capabilities>;

export interface InferenceRule {
  readonly pattern: RegExp;
  /** A predicate with the model id as its subject, for the operator's log. */
  readonly description: string;
  /** Returns undefined when the capability was known already: the same request would fail again. */
  readonly infer: (known: Capabilities, text: string) => InferredCapabilities | undefined;
}
