import { expect, test } from "bun:test";
import { formatTarget, parseTarget } from "../../../src/model/bedrock/target.ts";

test("`parseTarget()` reads a region before or after the model id, or from an ARN", () => {
  const profile = "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0";
  const gov = "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.titan-text-lite-v1";
  const names: Readonly<Record<string, readonly [model: string, region: string]>> = {
    "amazon.nova-lite-v1:0": ["amazon.nova-lite-v1:0", "us-east-1"],
    "eu-west-1/eu.amazon.nova-lite-v1:0": ["eu.amazon.nova-lite-v1:0", "eu-west-1"],
    "eu.amazon.nova-lite-v1:0@ap-southeast-2": ["eu.amazon.nova-lite-v1:0", "ap-southeast-2"],
    [profile]: [profile, "eu-central-1"],
    [gov]: [gov, "us-gov-west-1"],
    "arn:aws:bedrock:::prompt/x": ["arn:aws:bedrock:::prompt/x", "us-east-1"],
  };
  for (const [name, [model, region]] of Object.entries(names))
    expect(parseTarget(name, "us-east-1")).toEqual({ model, region });
});

test("`formatTarget()` omits the default region, and the region of an ARN", () => {
  const arn = "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0";
  expect(
    ["m", "eu-west-1/m", arn].map((name) => formatTarget(parseTarget(name, "us-east-1"), "us-east-1")),
  ).toEqual(["m", "m in eu-west-1", arn]);
});
