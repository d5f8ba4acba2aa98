/** Permissions to call models. */
import type { ModelAccess } from "../../../app/describe-model-access.ts";
import { formatArn, partitionOf } from "./arn.ts";
import type { PolicyStatement } from "./types.ts";

const INVOKE = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];

/**
 * Returns the statements for models. A call of an inference profile needs the profile and the model in each region that the
 * profile may choose. The condition allows these models through the profile alone.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
 */
export function modelStatements(models: readonly ModelAccess[], account: string): readonly PolicyStatement[] {
  const runtime = models.filter(({ services }) => services.some((service) => service !== "mantle"));
  const profiles = runtime.filter(isProfile).map((access) => toProfileArn(access, account));
  const destinations = runtime.filter(isProfile).flatMap(findDestinations);
  const endpoints = runtime.filter(isEndpoint);
  const direct = runtime
    .filter((access) => !isProfile(access) && !isEndpoint(access))
    .map(({ model, region }) => (model.startsWith("arn:") ? model : foundationModel(region, model)));
  const withService = (name: ModelAccess["services"][number]) =>
    models.filter(({ services }) => services.includes(name));
  const projects = withService("project").map(({ region }) =>
    formatArn("bedrock", region, account, "project/default"),
  );
  const mantle = withService("mantle").map(({ region }) =>
    formatArn("bedrock-mantle", region, account, "project/default"),
  );
  return [
    ...allow("InvokeModels", INVOKE, direct),
    ...allow("InvokeProfiles", INVOKE, profiles),
    ...allow("InvokeModelsOfProfiles", INVOKE, destinations, {
      ArnLike: { "bedrock:InferenceProfileArn": unique(profiles) },
    }),
    ...allow("InvokeThroughProject", ["bedrock:InvokeModel"], projects),
    ...allow("InvokeOnMantle", ["bedrock-mantle:CreateInference"], mantle),
    ...endpointStatements(endpoints, account),
  ];
}

/** Returns no statement when there is no resource. */
export function allow(
  Sid: string,
  Action: readonly string[],
  resources: readonly string[],
  Condition?: PolicyStatement["Condition"],
): readonly PolicyStatement[] {
  if (resources.length === 0) return [];
  return [{ Sid, Effect: "Allow", Action, Resource: unique(resources), ...(Condition && { Condition }) }];
}

function isProfile({ model, geography }: ModelAccess): boolean {
  return model.startsWith("arn:")
    ? /:(application-)?inference-profile\//.test(model)
    : geography !== undefined;
}

/** An endpoint of SageMaker, which serves a model of the Bedrock Marketplace. */
function isEndpoint({ model }: ModelAccess): boolean {
  return /^arn:[a-z-]+:sagemaker:/.test(model);
}

function endpointStatements(endpoints: readonly ModelAccess[], account: string): readonly PolicyStatement[] {
  const access = endpoints.map(({ region }) =>
    formatArn("bedrock", region, account, "marketplace/model-endpoint/all-access"),
  );
  return [
    ...allow("InvokeMarketplaceModels", INVOKE, access),
    ...allow(
      "InvokeMarketplaceEndpoints",
      ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"],
      endpoints.map(({ model }) => model),
      { StringEquals: { "aws:CalledViaLast": ["bedrock.amazonaws.com"] } },
    ),
  ];
}

function toProfileArn({ model, region }: ModelAccess, account: string): string {
  return model.startsWith("arn:")
    ? model
    : formatArn("bedrock", region, account, `inference-profile/${model}`);
}

/** The regions of each geography, as a pattern. */
const REGIONS: Readonly<Record<string, string>> = {
  us: "us-*",
  "us-gov": "us-gov-*",
  eu: "eu-*",
  apac: "ap-*",
  jp: "ap-northeast-*",
  au: "ap-southeast-*",
  in: "ap-south-*",
  ca: "ca-*",
  sa: "sa-*",
};

/** Returns the models that a profile may choose: of the region that calls, and of all regions of its geography. */
function findDestinations({ model, region, bareId, geography }: ModelAccess): readonly string[] {
  // The ARN of an application profile names neither the model nor its regions.
  if (model.includes(":application-inference-profile/")) return [foundationModel("*", `${bareId}*`, region)];
  const pattern = REGIONS[geography ?? ""];
  const isCovered = pattern !== undefined && region.startsWith(pattern.slice(0, -1));
  return [
    ...(isCovered ? [] : [foundationModel(region, bareId)]),
    // A global profile chooses a model without a region.
    foundationModel(pattern ?? "", bareId, region),
  ];
}

/** @param caller the region that calls, whose partition the ARN has. */
function foundationModel(region: string, id: string, caller = region): string {
  return `arn:${partitionOf(caller)}:bedrock:${region}::foundation-model/${id}`;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
