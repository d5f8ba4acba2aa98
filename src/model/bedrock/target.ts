/** Where a model is asked: an id may name its region, `eu-west-1/eu.amazon.nova-pro-v1:0` or `eu.amazon.nova-pro-v1:0@eu-west-1`. */

export interface ModelTarget {
  /** A model id, inference profile or ARN, as Bedrock takes it. */
  readonly model: string;
  readonly region: string;
}

const REGION_PATTERN = "[a-z]{2}(?:-[a-z]+)+-\\d";
const REGION_PREFIX = new RegExp(`^(${REGION_PATTERN})/(.+)$`);
const REGION_SUFFIX = new RegExp(`^(.+)@(${REGION_PATTERN})$`);
const ARN = new RegExp(`^arn:[a-z-]+:[a-z]+:(${REGION_PATTERN}):`);

/** `region` is that of a name without one. An ARN belongs to its own region: no other one knows it. */
export function parseTarget(name: string, region: string): ModelTarget {
  const [, before, rest] = REGION_PREFIX.exec(name) ?? [];
  if (before !== undefined && rest !== undefined) return { model: rest, region: before };
  const [, model, after] = REGION_SUFFIX.exec(name) ?? [];
  if (model !== undefined && after !== undefined) return { model, region: after };
  return { model: name, region: ARN.exec(name)?.[1] ?? region };
}

/** How a target is called in a message: its region is said only when it is not the usual one. */
export function formatTarget({ model, region }: ModelTarget, defaultRegion: string): string {
  return region === defaultRegion || ARN.test(model) ? model : `${model} in ${region}`;
}
