/** What shapes the tool catalog: the `x-specchat` extension and the rules of the settings. */

/** The `x-specchat` extension of an operation. */
export interface Curation {
  /** The tool's name. */
  readonly name?: string | undefined;
  /** Replaces the operation's summary and description. */
  readonly description?: string | undefined;
  /** True when the operation is not offered as a tool. */
  readonly hide?: boolean | undefined;
  /** Overrides what the method implies. */
  readonly readOnly?: boolean | undefined;
  /** Overrides the approval policy of the settings. */
  readonly confirm?: "always" | "never" | undefined;
  /** True when the tool is always described to the model, also when the others are searched. */
  readonly pin?: boolean | undefined;
  /** Sample user messages, or arguments of a call. */
  readonly examples?: readonly (string | Readonly<Record<string, unknown>>)[] | undefined;
}

/** A rule and the number of operations it matched. */
export interface RuleEffect {
  /** `--excluded-tags internal`, `x-specchat.hide` */
  readonly rule: string;
  /** A verb phrase: `excludes`. */
  readonly effect: string;
  readonly operations: number;
}
