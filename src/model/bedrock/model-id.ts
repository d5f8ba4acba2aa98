/** Validates model ids at startup, so that a typing error is reported before the first request. */
import { distance } from "fastest-levenshtein";
import {
  bareModelId,
  type Capabilities,
  capabilitiesOf,
  geographyOf,
  isKnownFamily,
  isNewerThanTable,
  PROFILE_PREFIX,
} from "../capabilities.ts";
import { ROWS, type Row } from "../capabilities-table.ts";
import { describeLifecycle } from "../lifecycle.ts";
import { adviseProfile, findCallableId, GEOGRAPHIES } from "./profiles.ts";
import { parseTarget } from "./target.ts";
import { unservedText } from "./unserved.ts";

export type ModelIdCheck =
  | { readonly status: "known" }
  /** The id can be used; the warning is for the operator. */
  | { readonly status: "warning"; readonly warning: string }
  | { readonly status: "malformed"; readonly problem: string };

const MODEL_ID = /^[a-z0-9-]+\.[a-z0-9.-]*[a-z0-9-](:\d+)?(:\d+k|:mm)?$/;
const ARN =
  /^arn:aws[a-z-]*:(bedrock|sagemaker):[a-z0-9-]{1,20}:(\d{12})?:(inference-profile|application-inference-profile|foundation-model|provisioned-model|custom-model-deployment|prompt-router|default-prompt-router|prompt|imported-model|endpoint)\/[a-zA-Z0-9.:/_-]+$/;

export interface ModelIdContext {
  /** As in `capabilitiesOf`. */
  readonly family?: string | undefined;
  /** The region of a name without one (target.ts). Default: unknown. */
  readonly region?: string | undefined;
  /** The day, in ISO 8601. */
  readonly today: string;
}

/** Checks a model id, inference profile or ARN. An id of an unknown family can be used: it may be a new model. */
export function checkModelId(name: string, context: ModelIdContext): ModelIdCheck {
  const { model, region } = parseTarget(name, context.region ?? "");
  if (!(model.startsWith("arn:") ? ARN : MODEL_ID).test(model))
    return {
      status: "malformed",
      problem: `"${model}" is not a model id, inference profile or ARN${suggestModelId(model)}.`,
    };
  const warning = describeProblem(model, region, context);
  return warning === undefined ? { status: "known" } : { status: "warning", warning };
}

/** Returns the reasons why the model may not work; undefined when there is none. */
function describeProblem(
  model: string,
  region: string,
  { family, today }: ModelIdContext,
): string | undefined {
  const capabilities = capabilitiesOf(model, family);
  const name = `${model} (${capabilities.family})`;
  if (!isKnownFamily(model, family)) return unknownText(model);
  if (capabilities.apis.length === 0) return unservedText(name);
  if (isNewerThanTable(model, family)) return newerText(model, capabilities);
  const { successor } = capabilities;
  const lifecycle = describeLifecycle(
    { ...capabilities, successor: successor && findCallableId(successor, region) },
    today,
  );
  if (lifecycle?.startsWith("reached")) return `${name} ${lifecycle}`;
  const profile = describeProfileProblem(model, region, name, capabilities);
  const problems = [profile, lifecycle && `${name} ${lifecycle}`].filter((problem) => problem !== undefined);
  return problems.length === 0 ? undefined : problems.join(" ");
}

function describeProfileProblem(
  model: string,
  region: string,
  name: string,
  capabilities: Capabilities,
): string | undefined {
  const geography = geographyOf(model);
  if (region !== "" && geography !== undefined && !GEOGRAPHIES[geography].test(region))
    return `${model} is a profile of another geography and unknown in ${region}: change the region or the model. ${adviseProfile(model, region)}`;
  if (capabilities.profileRequired && isFoundationModel(model))
    return `${name} is available through inference profiles only. ${adviseProfile(model, region)}`;
  return describeUnknownProfile(name, model, capabilities, region);
}

/** Returns a warning about a profile that the table lacks. It does not list those of GovCloud. */
function describeUnknownProfile(
  name: string,
  model: string,
  { profiles, profileRequired }: Capabilities,
  region: string,
): string | undefined {
  const geography = PROFILE_PREFIX.exec(model.slice(model.lastIndexOf("/") + 1))?.[0].slice(0, -1);
  const isKnown = geography === undefined || profiles.some((known) => known === geography);
  if (!profileRequired || isKnown || geography === "us-gov") return undefined;
  return `${name}: this version knows no profile ${geography}. of the model, and Bedrock may refuse it. ${adviseProfile(model, region)}`;
}

/** Returns true for the id or ARN of a foundation model; false for a profile. */
function isFoundationModel(model: string): boolean {
  return model.startsWith("arn:") ? model.includes(":foundation-model/") : model === bareModelId(model);
}

/** Returns a clause with the nearest known id; empty when none is near. */
function suggestModelId(model: string, rows: readonly Row[] = ROWS): string {
  const bare = bareModelId(model).toLowerCase();
  const ranked = rows
    .filter(({ catchAll }) => !catchAll)
    .map(({ prefix }) => ({
      prefix,
      distance: Math.min(
        distance(bare, prefix),
        distance(bare.slice(0, prefix.length), prefix),
        distance(bare, prefix.slice(prefix.indexOf(".") + 1)),
      ),
    }))
    .sort((a, b) => a.distance - b.distance || b.prefix.length - a.prefix.length);
  const best = ranked[0];
  if (!best || best.distance > Math.max(3, Math.min(best.prefix.length, bare.length) / 2)) return "";
  const profile = PROFILE_PREFIX.exec(model)?.[0] ?? "";
  return `; a known id begins with ${profile}${best.prefix}`;
}

function unknownText(model: string): string {
  const vendor = vendorOf(bareModelId(model));
  const similar = ROWS.filter(({ prefix }) => distance(vendorOf(prefix), vendor) <= 2);
  return model.includes(":application-inference-profile/")
    ? `${model} does not name its model: specchat assumes a model with few features. Name the family with --model-family.`
    : `${model} belongs to a family that this version does not know${suggestModelId(model, similar)}. specchat assumes a model with few features (no cache points, no files, unknown cost) and learns from refusals.`;
}

function newerText(model: string, { family, profileRequired }: Capabilities): string {
  const needsProfile = profileRequired && isFoundationModel(model);
  return `${model} is not a model that this version knows${suggestModelId(model)}. specchat treats it like a new model of the family ${family} (unknown cost) and learns from refusals.${needsProfile ? " It may be available through inference profiles only." : ""}`;
}

function vendorOf(bare: string): string {
  return bare.slice(0, bare.indexOf("."));
}
