/** Validates model ids at startup, so that a typing error is reported before the first request. */
import { distance } from "fastest-levenshtein";
import { bareModelId, capabilitiesOf, isKnownFamily, PROFILE_PREFIX } from "../capabilities.ts";
import { ROWS } from "../capabilities-table.ts";
import { adviseProfile, GEOGRAPHIES } from "./profiles.ts";
import { parseTarget } from "./target.ts";

export type ModelIdCheck =
  | { readonly status: "known" }
  /** The id can be used; the warning is for the operator. */
  | { readonly status: "warning"; readonly warning: string }
  | { readonly status: "malformed"; readonly problem: string };

const MODEL_ID = /^[a-z0-9-]+\.[a-z0-9.-]*[a-z0-9-](:\d+)?(:\d+k|:mm)?$/;
const ARN =
  /^arn:aws[a-z-]*:(bedrock|sagemaker):[a-z0-9-]{1,20}:(\d{12})?:(inference-profile|application-inference-profile|foundation-model|provisioned-model|custom-model-deployment|prompt-router|default-prompt-router|prompt|imported-model|endpoint)\/[a-zA-Z0-9.:/_-]+$/;

/**
 * Checks a model id, inference profile or ARN.
 * @param name may contain a region (target.ts); else `defaultRegion` applies.
 * @param family as in `capabilitiesOf`.
 */
export function checkModelId(name: string, family?: string, defaultRegion = ""): ModelIdCheck {
  const { model, region } = parseTarget(name, defaultRegion);
  if (model.startsWith("arn:") ? !ARN.test(model) : !isModelId(model))
    return {
      status: "malformed",
      problem: `"${model}" is not a model id, inference profile or ARN${suggestModelId(model)}.`,
    };
  const { retired, family: familyName, profileRequired } = capabilitiesOf(model, family);
  if (!isKnownFamily(model, family)) return { status: "warning", warning: unknownText(model) };
  if (retired !== undefined)
    return {
      status: "warning",
      warning: `${model} (${familyName}) is at or near the end of its life (${retired}): Bedrock may refuse it.`,
    };
  const [, geography = ""] = PROFILE_PREFIX.exec(model) ?? [];
  if (region !== "" && GEOGRAPHIES[geography]?.test(region) === false)
    return {
      status: "warning",
      warning: `${model} is a profile of another geography and unknown in ${region}: change the region or the model. ${adviseProfile(model, region, family)}`,
    };
  if (profileRequired && isFoundationModel(model))
    return {
      status: "warning",
      warning: `${model} (${familyName}) is available through inference profiles only. ${adviseProfile(model, region, family)}`,
    };
  return { status: "known" };
}

/** Returns true for the id or ARN of a foundation model; false for a profile. */
function isFoundationModel(model: string): boolean {
  return model.startsWith("arn:") ? model.includes(":foundation-model/") : model === bareModelId(model);
}

/** Returns true for `vendor.name`. A vendor that is nearly a known one counts as a typing error. */
function isModelId(model: string): boolean {
  const bare = bareModelId(model);
  if (!MODEL_ID.test(bare)) return false;
  const vendor = bare.slice(0, bare.indexOf("."));
  return VENDORS.has(vendor) || ![...VENDORS].some((known) => distance(vendor, known) <= 2);
}

const VENDORS = new Set([
  ...ROWS.map((row) => row.prefix.slice(0, row.prefix.indexOf("."))),
  "writer",
  "stability",
  "twelvelabs",
  "luma",
  "zai",
  "minimax",
  "google",
  "nvidia",
]);

function suggestModelId(model: string): string {
  const bare = bareModelId(model).toLowerCase();
  const candidates = ROWS.map((row) => row.prefix).filter((prefix) => !/[.-]$/.test(prefix));
  const ranked = candidates
    .map((prefix) => ({
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
  return model.includes(":application-inference-profile/")
    ? `${model} does not name its model: specchat assumes a model with few features. Name the family with --model-family.`
    : `${model} belongs to a family that this version does not know: specchat assumes a model with few features (tools without streaming, no cache points, unknown cost).`;
}
