/** Builds ARNs. */

/** Returns the partition of a region: the commercial regions, GovCloud or China. */
export function partitionOf(region: string): string {
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return region.startsWith("cn-") ? "aws-cn" : "aws";
}

/** Returns the ARN of a resource of an account in a region. */
export function formatArn(service: string, region: string, account: string, resource: string): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${account}:${resource}`;
}

/** Returns an id, or the ARN that is in its place, as an ARN. */
export function toArn(
  idOrArn: string,
  service: string,
  region: string,
  account: string,
  type: string,
): string {
  return idOrArn.startsWith("arn:") ? idOrArn : formatArn(service, region, account, `${type}/${idOrArn}`);
}
