/** Policies of IAM: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */

export interface PolicyStatement {
  /** Letters and digits, unique in the policy. */
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}
