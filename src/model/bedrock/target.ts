/** Where a model is asked: an id may name its region, `eu-west-1/eu.amazon.nova-pro-v1:0` or `eu.amazon.nova-pro-v1:0@eu-west-1`. */

export interface Target {
  /** A model id, inference profile or ARN, as Bedrock takes it. */
  readonly model: string;
  readonly region: string;
}

const REGION = "[a-z]{2}(?:-[a-z]+)+-\\d";
const BEFORE = new RegExp(`^(${REGION})/(.+)$`);
const AFTER = new RegExp(`^(.+)@(${REGION})$`);
const ARN = new RegExp(`^arn:[a-z-]+:[a-z]+:(${REGION}):`);

/** `region` is that of a name without one. An ARN belongs to its own region: no other one knows it. */
export function targetOf(name: string, region: string): Target {
  const [, before, rest] = BEFORE.exec(name) ?? [];
  if (before !== undefined && rest !== undefined) return { model: rest, region: before };
  const [, model, after] = AFTER.exec(name) ?? [];
  if (model !== undefined && after !== undefined) return { model, region: after };
  return { model: name, region: ARN.exec(name)?.[1] ?? region };
}

/** How a target is called in a message: its region is said only when it is not the usual one. */
export function nameOf({ model, region }: Target, usual: string): string {
  return region === usual || ARN.test(model) ? model : `${model} in ${region}`;
}
