/** The inference profiles of models, and the profile for a region. */
import { bareModelId, capabilitiesOf } from "../capabilities.ts";
import type { Geography } from "../capabilities-columns.ts";

/** Geography → the regions from which its profiles can be called. */
export const GEOGRAPHIES: Readonly<Record<Geography, RegExp>> = {
  us: /^(us-(?!gov)|ca-)/,
  "us-gov": /^us-gov-/,
  eu: /^(eu|il)-/,
  jp: /^ap-northeast-[13]$/,
  au: /^ap-southeast-[246]$/,
  in: /^ap-south-/,
  apac: /^(ap|me)-/,
  ca: /^ca-/,
  sa: /^sa-/,
  global: /^(?!us-gov-|cn-)/,
};

/** The geographies in the order in which a profile is chosen. */
const ORDER = Object.keys(GEOGRAPHIES) as readonly Geography[];

/** Returns the profile of a model that can be called from a region; undefined when none is known. */
export function findProfile(model: string, region: string): string | undefined {
  const bare = bareModelId(model);
  const { profiles } = capabilitiesOf(bare);
  const geography = ORDER.find((name) => profiles.includes(name) && GEOGRAPHIES[name].test(region));
  return geography === undefined ? undefined : `${geography}.${bare}`;
}

/** Returns a sentence that names the profile to use in a region, or says that there is none. */
export function adviseProfile(model: string, region: string): string {
  const profile = findProfile(model, region);
  if (profile !== undefined) return region === "" ? `Use ${profile}.` : `In ${region} use ${profile}.`;
  return `No profile of it${region && ` for ${region}`} is known here: the Bedrock console lists those of your account under Cross-region inference.`;
}

/** Returns the id by which a model is called from a region: its profile if it needs one. Undefined when none is known. */
export function findCallableId(model: string, region: string): string | undefined {
  return capabilitiesOf(model).profileRequired ? findProfile(model, region) : model;
}
