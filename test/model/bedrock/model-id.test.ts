import { describe, expect, test } from "bun:test";
import { checkModelId as check, type ModelIdCheck } from "../../../src/model/bedrock/index.ts";
import { findProfile } from "../../../src/model/bedrock/profiles.ts";
import { MODEL_IDS } from "./ids.ts";

const TODAY = "2026-11-29T12:00:00.000Z";

function checkModelId(name: string, family?: string, region?: string, today = TODAY): ModelIdCheck {
  return check(name, { family, region, today });
}

test("no id of the table is malformed", () => {
  expect(MODEL_IDS.filter((id) => checkModelId(id).status === "malformed")).toEqual([]);
});

test("the bare id of a model that requires a profile gets a warning", () => {
  for (const id of [
    "anthropic.claude-haiku-4-5-20251001-v1:0",
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0",
  ]) {
    expect(checkModelId(id)).toMatchObject({
      status: "warning",
      warning: expect.stringMatching(/(us|global)\.anthropic\.claude-haiku-4-5-20251001-v1:0\.$/),
    });
  }
  expect(checkModelId("anthropic.claude-haiku-4-5", "anthropic.claude-haiku-4-5").status).toBe("warning");
  expect(checkModelId("us.anthropic.claude-haiku-4-5-20251001-v1:0")).toEqual({ status: "known" });
});

test("the ARN of a profile is recognized by the model id in it", () => {
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

test("an application profile without a family gets a warning", () => {
  const arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl";
  expect(checkModelId(arn)).toMatchObject({
    status: "warning",
    warning: expect.stringContaining("does not name its model"),
  });
  expect(checkModelId(arn, "anthropic.claude-haiku-4-5")).toEqual({ status: "known" });
});

test("a model on none of the supported APIs gets one clear message", () => {
  for (const id of ["anthropic.claude-mythos-preview", "anthropic.claude-mythos-5"])
    expect(checkModelId(id)).toMatchObject({
      status: "warning",
      warning: expect.stringMatching(
        /^anthropic\.claude-mythos-\w+ \(Claude Mythos \w+\) is served by the Messages API of bedrock-mantle alone, which specchat does not support\. Use another model\.$/,
      ),
    });
  expect(checkModelId("us.anthropic.claude-mythos-5-1")).toEqual({ status: "known" });
});

describe("a legacy or retired model gets a warning with the date and the successor:", () => {
  const lives: readonly [string, string, string, string | undefined][] = [
    [
      "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      "Claude Sonnet 4.5",
      "2026-10-07",
      "reaches the end of its life on 2027-04-08. Use global.anthropic.claude-sonnet-5-5.",
    ],
    [
      "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      "Claude Sonnet 4.5",
      "2026-10-08",
      "is legacy since 2026-10-08, new customers cannot use it, and it reaches the end of its life on 2027-04-08. Use global.anthropic.claude-sonnet-5-5.",
    ],
    [
      "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      "Claude Sonnet 4.5",
      "2027-04-08",
      "reached the end of its life (2027-04-08), and Bedrock refuses it. Use global.anthropic.claude-sonnet-5-5.",
    ],
    [
      "us.anthropic.claude-opus-4-1-20250805-v1:0",
      "Claude Opus 4.1",
      "2026-11-29",
      "reaches the end of its life on 2027-01-08. Use global.anthropic.claude-opus-5-5.",
    ],
    [
      "ai21.jamba-1-5-mini-v1:0",
      "Jamba 1.5 Mini",
      "2026-11-25",
      "reaches the end of its life on 2026-11-26. Use another model.",
    ],
    [
      "ai21.jamba-1-5-mini-v1:0",
      "Jamba 1.5 Mini",
      "2026-11-26",
      "reached the end of its life (2026-11-26), and Bedrock refuses it. Use another model.",
    ],
    [
      "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
      "Claude 3.7 Sonnet",
      "2026-09-01",
      "reached the end of its life (2026-09), and Bedrock refuses it. Use global.anthropic.claude-sonnet-5-5.",
    ],
    ["global.anthropic.claude-haiku-5-5", "", "2026-11-29", undefined],
  ];
  for (const [id, family, day, text] of lives)
    test(`${id} on ${day}`, () => {
      expect(checkModelId(id, undefined, undefined, `${day}T08:00:00.000Z`)).toEqual(
        text === undefined
          ? { status: "known" }
          : { status: "warning", warning: `${id} (${family}) ${text}` },
      );
    });
});

describe("an id of an unknown family gets a warning, with the nearest known id:", () => {
  const ids: readonly [string, string][] = [
    ["antropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-haiku-4-5"],
    ["us.amazn.nova-lite-v1:0", "us.amazon.nova-lite"],
    ["xaj.grok-4.6", "xai.grok-4.6"],
    ["mistrall.mistral-large-3-675b-instruct", "mistral.mistral-large-3"],
  ];
  for (const [id, nearest] of ids)
    test(id, () => {
      expect(checkModelId(id)).toMatchObject({
        status: "warning",
        warning: expect.stringContaining(`does not know; a known id begins with ${nearest}.`),
      });
    });
  test("a vendor that resembles none has no suggestion", () => {
    expect(checkModelId("stepfun.step-4")).toMatchObject({
      status: "warning",
      warning: expect.stringContaining("does not know. specchat assumes"),
    });
  });
});

test("a successor is named by the profile of the region", () => {
  const successors = ["us-east-1", "eu-west-1", "ap-south-1"].map((region) => {
    const found = checkModelId("global.anthropic.claude-sonnet-4-20250514-v1:0", undefined, region);
    return found.status === "warning" ? / Use (\S+)\.$/.exec(found.warning)?.[1] : undefined;
  });
  expect(successors).toEqual(
    ["us", "eu", "global"].map((geography) => `${geography}.anthropic.claude-sonnet-5-5`),
  );
});

describe("an id of a known family without a row of its own gets a warning, with the nearest known id:", () => {
  const ids: readonly [id: string, nearest: string, family: string, more?: string][] = [
    ["global.anthropic.claude-haiku-5-6", "global.anthropic.claude-haiku-5-5", "Claude"],
    ["us.openai.gpt-6.3-sol", "us.openai.gpt-6.1-sol", "GPT"],
    ["xai.grok-4.8", "xai.grok-4.6", "Grok", " It may be available through inference profiles only."],
    ["mistral.mistral-large-4", "mistral.mistral-large-3", "Mistral"],
  ];
  for (const [id, nearest, family, more = ""] of ids)
    test(id, () => {
      expect(checkModelId(id, undefined, "us-east-1")).toEqual({
        status: "warning",
        warning: `${id} is not a model that this version knows; a known id begins with ${nearest}. specchat treats it like a new model of the family ${family} (unknown cost) and learns from refusals.${more}`,
      });
    });
});

describe("a profile that the table lacks gets a warning:", () => {
  const ids: readonly [id: string, region: string, geography: string, advice: string][] = [
    ["eu.openai.gpt-5.6-sol", "eu-west-1", "eu", "In eu-west-1 use global.openai.gpt-5.6-sol."],
    ["kr.anthropic.claude-haiku-5-5", "us-east-1", "kr", "In us-east-1 use us.anthropic.claude-haiku-5-5."],
    ["mx.amazon.nova-2-lite-v1:0", "", "mx", "Use global.amazon.nova-2-lite-v1:0."],
  ];
  for (const [id, region, geography, advice] of ids)
    test(id, () => {
      expect(checkModelId(id, undefined, region)).toEqual({
        status: "warning",
        warning: expect.stringMatching(
          new RegExp(
            `knows no profile ${geography}\\. of the model, and Bedrock may refuse it\\. ${advice}$`,
          ),
        ),
      });
    });
});

describe("a malformed id is rejected with the nearest known id:", () => {
  const ids: readonly [string, string][] = [
    ["claude-haiku-4-5", "anthropic.claude-haiku-4-5"],
    ["anthropic/claude-sonnet-4-5", "anthropic.claude-sonnet-4-5"],
    ["Anthropic.Claude-Opus-5", "anthropic.claude-opus-5"],
    ["nova-pro", "amazon.nova-pro"],
  ];
  for (const [id, nearest] of ids) {
    test(id, () => {
      const found = checkModelId(id);
      expect(found.status).toBe("malformed");
      expect(found).toMatchObject({ problem: expect.stringContaining(`begins with ${nearest}.`) });
    });
  }
  test("an ARN of another service is malformed", () => {
    expect(checkModelId("arn:aws:s3:::bucket/key").status).toBe("malformed");
  });
});

describe("a profile gets a warning in a region of another geography:", () => {
  const hasWarning = (id: string, region: string) => checkModelId(id, undefined, region).status === "warning";
  const haiku = "anthropic.claude-haiku-4-5-20251001-v1:0";
  for (const [profile, right, wrong] of [
    ["us", "us-west-2", "eu-west-1"],
    ["eu", "eu-central-1", "us-east-1"],
    ["in", "ap-south-1", "ap-southeast-1"],
    ["jp", "ap-northeast-1", "ap-northeast-2"],
    ["au", "ap-southeast-2", "ap-southeast-1"],
    ["us-gov", "us-gov-west-1", "us-east-1"],
  ] as const) {
    test(`${profile} gets one in ${wrong}, not in ${right}`, () => {
      expect([hasWarning(`${profile}.${haiku}`, right), hasWarning(`${profile}.${haiku}`, wrong)]).toEqual([
        false,
        true,
      ]);
      // The region in the name takes precedence.
      expect(hasWarning(`${right}/${profile}.${haiku}`, wrong)).toBe(false);
    });
  }
  test("apac gets one in us-east-1, not in ap-southeast-1", () => {
    const id = "apac.amazon.nova-lite-v1:0";
    expect([hasWarning(id, "ap-southeast-1"), hasWarning(id, "us-east-1")]).toEqual([false, true]);
  });
  test("A legacy profile of another geography gets both warnings, with ids of the region.", () => {
    const sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    const check = checkModelId(sonnet, undefined, "eu-west-1", "2026-11-29T08:00:00.000Z");
    expect(check).toEqual({
      status: "warning",
      warning: expect.stringMatching(
        /unknown in eu-west-1: .* use eu\.anthropic\.claude-sonnet-4-5.*legacy since.* Use eu\.anthropic\.claude-sonnet-5-5\.$/,
      ),
    });
  });

  test("global gets one in the partitions of governments and of China, and none is advised there", () => {
    for (const region of ["us-gov-west-1", "cn-north-1"]) {
      expect(hasWarning(`global.${haiku}`, region)).toBe(true);
      expect(JSON.stringify(checkModelId(haiku, undefined, region))).not.toContain("global.");
    }
  });

  test("global gets none", () => {
    expect(hasWarning(`global.${haiku}`, "sa-east-1")).toBe(false);
  });
});

test.each([
  ["us-east-1", "us."],
  ["ca-central-1", "us."],
  ["eu-west-1", "eu."],
  ["ap-northeast-1", "jp."],
  ["ap-southeast-2", "au."],
  ["ap-south-1", "in."],
  ["ap-northeast-2", "global."],
  ["sa-east-1", "global."],
])("the advised profile of a model in %s exists there", (region, prefix) => {
  const model = "anthropic.claude-haiku-4-5-20251001-v1:0";
  expect(checkModelId(model, undefined, region)).toMatchObject({
    warning: expect.stringContaining(`use ${prefix}${model}.`),
  });
});

test("no profile is advised that does not exist", () => {
  expect(findProfile("meta.llama3-3-70b-instruct-v1:0", "eu-west-1")).toBeUndefined();
  expect(findProfile("deepseek.r1-v1:0", "us-west-2")).toBe("us.deepseek.r1-v1:0");
  expect(findProfile("mistral.pixtral-large-2502-v1:0", "ap-south-1")).toBeUndefined();
});
