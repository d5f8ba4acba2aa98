/** The inference profiles of models, and the profile for a region. */
import { bareModelId, capabilitiesOf } from "../capabilities.ts";

/** Geography → the regions from which its profiles can be called. */
export const GEOGRAPHIES: Readonly<Record<string, RegExp>> = {
  us: /^(us-(?!gov)|ca-)/,
  "us-gov": /^us-gov-/,
  eu: /^(eu|il)-/,
  jp: /^ap-northeast-/,
  au: /^ap-southeast-/,
  apac: /^(ap|me)-/,
  ca: /^ca-/,
  sa: /^sa-/,
  global: /(?:)/,
};

/** Start of the bare model id → the geographies of its profiles. The longest match wins. Models without a row are unknown. */
const PROFILES: Readonly<Record<string, readonly string[]>> = {
  "anthropic.claude-3-haiku": ["us", "eu", "apac"],
  "anthropic.claude-3-sonnet": ["us", "eu", "apac"],
  "anthropic.claude-3-opus": ["us"],
  "anthropic.claude-3-5-sonnet-20240620": ["us", "eu", "apac"],
  "anthropic.claude-3-5-sonnet-20241022": ["us", "apac"],
  "anthropic.claude-3-5-haiku": ["us"],
  "anthropic.claude-3-7-sonnet": ["us", "eu", "apac"],
  "anthropic.claude-sonnet-4-2": ["us", "eu", "apac", "global"],
  "anthropic.claude-opus-4-2": ["us"],
  "anthropic.claude-opus-4-1": ["us"],
  "anthropic.claude-haiku-4-5": ["us", "eu", "jp", "au", "global"],
  "anthropic.claude-sonnet-4-5": ["us", "eu", "jp", "au", "global"],
  "anthropic.claude-opus-4-5": ["us", "eu", "global"],
  "anthropic.claude-sonnet-4-6": ["us", "eu", "jp", "au", "global"],
  "anthropic.claude-haiku-5-5": ["us", "eu", "jp", "au", "global"],
  "anthropic.claude-fable": ["us", "global"],
  "amazon.nova-2-lite": ["us", "eu", "jp", "global"],
  "amazon.nova-micro": ["us", "eu", "apac"],
  "amazon.nova-lite": ["us", "eu", "apac"],
  "amazon.nova-pro": ["us", "eu", "apac"],
  "amazon.nova-premier": ["us"],
  "meta.llama3-1": ["us"],
  "meta.llama3-2-1b": ["us", "eu"],
  "meta.llama3-2-3b": ["us", "eu"],
  "meta.llama3-2": ["us"],
  "meta.llama3-3": ["us"],
  "meta.llama4": ["us"],
  "mistral.pixtral-large": ["us", "eu"],
  "deepseek.r1": ["us"],
  "openai.gpt-6": ["us", "global"],
  "openai.gpt-5.6": ["us", "global"],
  "xai.grok-4": ["us", "global"],
};

/** Returns the profile of a model that can be called from a region; undefined when none is known. */
export function findProfile(model: string, region: string): string | undefined {
  const bare = bareModelId(model);
  const prefix = Object.keys(PROFILES)
    .filter((start) => bare.startsWith(start))
    .sort((a, b) => b.length - a.length)[0];
  const geographies = prefix === undefined ? [] : (PROFILES[prefix] ?? []);
  const geography = Object.keys(GEOGRAPHIES).find(
    (name) => geographies.includes(name) && GEOGRAPHIES[name]?.test(region),
  );
  return geography === undefined ? undefined : `${geography}.${bare}`;
}

/** Returns a sentence that names the profile to use in a region, or says that there is none. */
export function adviseProfile(model: string, region: string, family?: string): string {
  const { retired } = capabilitiesOf(model, family);
  if (retired !== undefined) return "It has reached the end of its life: use another model.";
  const profile = findProfile(model, region);
  if (profile !== undefined) return region === "" ? `Use ${profile}.` : `In ${region} use ${profile}.`;
  return `No profile of it${region && ` for ${region}`} is known here: the Bedrock console lists those of your account under Cross-region inference.`;
}
