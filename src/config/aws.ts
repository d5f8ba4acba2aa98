/** Detects whether AWS is configured. Without AWS and without a document, the demo model is used. */
import type { LoadedConfig } from "./load.ts";
import type { SettingName } from "./settings.ts";

const BEDROCK_SETTINGS: readonly SettingName[] = [
  "model",
  "models",
  "region",
  "profile",
  "fallbackModel",
  "modelFamily",
  "guardrailId",
  "bedrockEndpoint",
];

/** Variables of the SDK's credential chain: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html */
const AWS_VARIABLES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_BEARER_TOKEN_BEDROCK",
  "AWS_ROLE_ARN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
];

export interface AwsConfigSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly fileExists: (path: string) => boolean;
}

/** Returns true when a setting, a variable or a file of AWS is present. It does not validate credentials. */
export function isAwsConfigured(
  loaded: LoadedConfig,
  { environment, home, fileExists }: AwsConfigSources,
): boolean {
  return (
    BEDROCK_SETTINGS.some((name) => loaded.sources[name].source !== "default") ||
    AWS_VARIABLES.some((name) => environment[name] || loaded.awsEnvironment[name]) ||
    ["config", "credentials"].some((file) => fileExists(`${home}/.aws/${file}`))
  );
}
