/** Parses the region in a model name: `eu-west-1/eu.amazon.nova-pro-v1:0` or `eu.amazon.nova-pro-v1:0@eu-west-1`. */

export interface ModelTarget {
  /** A model id, inference profile or ARN, as Bedrock accepts it. */
  readonly model: string;
  readonly region: string;
}

const REGION_PATTERN = "[a-z]{2}(?:-[a-z]+)+-\\d";
const REGION_PREFIX = new RegExp(`^(${REGION_PATTERN})/(.+)$`);
const REGION_SUFFIX = new RegExp(`^(.+)@(${REGION_PATTERN})$`);
const ARN = new RegExp(`^arn:[a-z-]+:[a-z]+:(${REGION_PATTERN}):`);

/**
 * Returns the model and region of a name. An ARN determines its region, because other regions do not know it.
 * @param region the region of a name without one.
 */
export function parseTarget(name: string, region: string): ModelTarget {
  const [, before, rest] = REGION_PREFIX.exec(name) ?? [];
  if (before !== undefined && rest !== undefined) return { model: rest, region: before };
  const [, model, after] = REGION_SUFFIX.exec(name) ?? [];
  if (model !== undefined && after !== undefined) return { model, region: after };
  return { model: name, region: ARN.exec(name)?.[1] ?? region };
}

/** Formats a target for messages; omits the default region. */
export function formatTarget({ model, region }: ModelTarget, defaultRegion: string): string {
  return region === defaultRegion || ARN.test(model) ? model : `${model} in ${region}`;
}
