/** Reads the region of a profile in the AWS configuration files, and compares a profile with keys in the environment. */
import type { Environment } from "./variables.ts";

export interface ProfileRegion {
  readonly region: string;
  /** The file and the profile. */
  readonly source: string;
}

/**
 * Returns the region of a profile, or undefined. The formats: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 * @param profile the name; `default` when unset.
 */
export function readProfileRegion(
  profile: string | undefined,
  environment: Environment,
  readFile: (path: string) => string | undefined,
): ProfileRegion | undefined {
  const name = profile ?? "default";
  const home = environment.HOME || environment.USERPROFILE;
  const folder = home ? `${home}/.aws` : undefined;
  const files = [
    environment.AWS_CONFIG_FILE || (folder && `${folder}/config`),
    environment.AWS_SHARED_CREDENTIALS_FILE || (folder && `${folder}/credentials`),
  ];
  for (const path of files) {
    const text = path ? readFile(path) : undefined;
    const region = text === undefined ? undefined : findRegion(text, name);
    if (region !== undefined) return { region, source: `${path} profile ${name}` };
  }
  return undefined;
}

function findRegion(text: string, profile: string): string | undefined {
  let isProfile = false;
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[\s*(?:profile\s+)?(["']?)(.+?)\1\s*\]/.exec(line)?.[2];
    if (section !== undefined) isProfile = section === profile;
    // An indented line is part of the setting above it.
    const region = isProfile ? /^region\s*=\s*([^\s#;]+)/.exec(line)?.[1] : undefined;
    if (region !== undefined) return region;
  }
  return undefined;
}

/** Returns a warning when a profile is used although there are keys. Other tools of AWS would use the keys. */
export function describeIgnoredKeys(
  profile: string | undefined,
  source: string,
  variables: Environment,
): readonly string[] {
  const {
    AWS_ACCESS_KEY_ID: key,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_BEARER_TOKEN_BEDROCK: bearer,
  } = variables;
  if (profile === undefined || !key || !secret || bearer) return [];
  return [
    `profile: using the credentials of the profile ${profile} (${source}), ignoring the keys in AWS_ACCESS_KEY_ID. To use the keys, unset the profile (AWS_PROFILE).`,
  ];
}
