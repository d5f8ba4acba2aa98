import { describe, expect, test } from "bun:test";
import { checkModelId } from "../../../src/model/bedrock/index.ts";
import { MODEL_IDS } from "./ids.ts";

test("no id in use is malformed", () => {
  expect(MODEL_IDS.filter((id) => checkModelId(id).status === "malformed")).toEqual([]);
});

test("a model that is served through profiles only is warned about under its own id", () => {
  for (const id of [
    "anthropic.claude-haiku-4-5-20251001-v1:0",
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0",
  ]) {
    expect(checkModelId(id)).toMatchObject({
      status: "warning",
      warning: expect.stringContaining("us.anthropic.claude-haiku-4-5-20251001-v1:0"),
    });
  }
  expect(checkModelId("anthropic.claude-haiku-4-5", "anthropic.claude-haiku-4-5").status).toBe("warning");
  expect(checkModelId("us.anthropic.claude-haiku-4-5-20251001-v1:0")).toEqual({ status: "known" });
});

test("a profile's ARN is known by the name inside", () => {
  const id = "global.anthropic.claude-haiku-4-5-20251001-v1:0";
  expect(checkModelId(`arn:aws:bedrock:us-east-1:123456789012:inference-profile/${id}`)).toEqual({
    status: "known",
  });
  expect(checkModelId("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0")).toEqual({
    status: "known",
  });
  expect(
    checkModelId(
      "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.amazon.nova-pro-v1:0",
    ),
  ).toEqual({ status: "known" });
});

test("an application profile needs a family", () => {
  const arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl";
  expect(checkModelId(arn)).toMatchObject({
    status: "warning",
    warning: expect.stringContaining("does not name its model"),
  });
  expect(checkModelId(arn, "anthropic.claude-haiku-4-5")).toEqual({ status: "known" });
});

test("a retired model and an unknown family are warned about", () => {
  expect(checkModelId("us.anthropic.claude-3-7-sonnet-20250219-v1:0")).toMatchObject({
    status: "warning",
    warning: expect.stringContaining("end of its life"),
  });
  expect(checkModelId("zai.glm-5")).toMatchObject({
    status: "warning",
    warning: expect.stringContaining("does not know"),
  });
});

describe("a slip is refused, and the nearest id named:", () => {
  const slips: readonly [string, string][] = [
    ["claude-haiku-4-5", "anthropic.claude-haiku-4-5"],
    ["anthropic/claude-sonnet-4-5", "anthropic.claude-sonnet-4-5"],
    ["antropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-haiku-4-5"],
    ["us.amazn.nova-lite-v1:0", "us.amazon.nova-lite"],
    ["Anthropic.Claude-Opus-5", "anthropic.claude-opus-5"],
    ["nova-pro", "amazon.nova-pro"],
  ];
  for (const [slip, near] of slips) {
    test(slip, () => {
      const found = checkModelId(slip);
      expect(found.status).toBe("malformed");
      expect(found).toMatchObject({ problem: expect.stringContaining(`begins with ${near}.`) });
    });
  }
  test("an ARN of another service", () => {
    expect(checkModelId("arn:aws:s3:::bucket/key").status).toBe("malformed");
  });
});

describe("a profile of another geography than the region's is warned about:", () => {
  const warned = (id: string, region: string) => checkModelId(id, undefined, region).status === "warning";
  const haiku = "anthropic.claude-haiku-4-5-20251001-v1:0";
  for (const [profile, right, wrong] of [
    ["us", "us-west-2", "eu-west-1"],
    ["eu", "eu-central-1", "us-east-1"],
    ["apac", "ap-southeast-1", "us-east-1"],
    ["jp", "ap-northeast-1", "eu-west-1"],
    ["au", "ap-southeast-2", "eu-west-1"],
    ["us-gov", "us-gov-west-1", "us-east-1"],
  ] as const) {
    test(`${profile} in ${wrong}, not in ${right}`, () => {
      expect([warned(`${profile}.${haiku}`, right), warned(`${profile}.${haiku}`, wrong)]).toEqual([
        false,
        true,
      ]);
      // The name may say its own region.
      expect(warned(`${right}/${profile}.${haiku}`, wrong)).toBe(false);
    });
  }
  test("global nowhere", () => {
    expect(warned(`global.${haiku}`, "sa-east-1")).toBe(false);
  });
});
