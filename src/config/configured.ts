/** Has anybody configured anything? If not, the server shows itself with the built-in API and model. */
import type { LoadedConfig } from "./load.ts";

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
  readonly fileExists: (path: string) => boolean;
}

/**
 * True when there is neither a document nor any AWS configuration: no model, region or profile set, no credentials in
 * the environment or `.env`, no AWS files. Only then may the demo model answer without having been asked for.
 */
export function isUnconfigured(
  { config, sources, awsEnvironment }: Pick<LoadedConfig, "config" | "sources" | "awsEnvironment">,
  { environment, home, fileExists }: Surroundings,
): boolean {
  const isSet = MODEL_SETTINGS.some((name) => sources[name].source !== "default");
  const hasVariables = CREDENTIAL_VARIABLES.some((name) => environment[name] || awsEnvironment[name]);
  const hasFiles = [`${home}/.aws/credentials`, `${home}/.aws/config`].some(fileExists);
  return config.spec.length === 0 && !isSet && !hasVariables && !hasFiles;
}

const MODEL_SETTINGS = ["model", "region", "profile"] as const;

// https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html: each leads the SDK to credentials.
const CREDENTIAL_VARIABLES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_BEARER_TOKEN_BEDROCK",
  "AWS_CONFIG_FILE",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
];
