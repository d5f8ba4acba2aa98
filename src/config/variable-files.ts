/** Reads variables whose value is in a file: `SPECCHAT_COOKIE_SECRET_FILE=/run/secrets/cookie` instead of `SPECCHAT_COOKIE_SECRET`. */
import { environmentNames, SETTINGS } from "./names.ts";
import type { Environment } from "./variables.ts";

/** The API key of Bedrock is not a setting. The AWS SDK reads it from the environment. */
const SDK_SECRETS = ["AWS_BEARER_TOKEN_BEDROCK"];

const NAMES: readonly string[] = [...SETTINGS.flatMap(([name]) => environmentNames(name)), ...SDK_SECRETS];
const KNOWN: ReadonlySet<string> = new Set(NAMES);

export interface VariablesFromFiles {
  /** The environment with the values of the files instead of the variables that name them. */
  readonly environment: Environment;
  /** The variables that came from files. */
  readonly values: Readonly<Record<string, string>>;
  /** One line for each file that cannot be used. */
  readonly errors: readonly string[];
}

/** Replaces each `NAME_FILE` by `NAME` with the content of the file, without its last line break. */
export function readVariableFiles(
  environment: Environment,
  readFile: (path: string) => string | undefined,
): VariablesFromFiles {
  const rest: Record<string, string | undefined> = { ...environment };
  const values: Record<string, string> = {};
  const errors: string[] = [];
  for (const name of NAMES) {
    const variable = `${name}_FILE`;
    const path = environment[variable];
    if (KNOWN.has(variable) || path === undefined || path.trim() === "") continue;
    delete rest[variable];
    const text = readFile(path);
    if (text === undefined) errors.push(`${variable}: cannot read the file ${path}`);
    else if (environment[name]) errors.push(`${variable}: ${name} is set too; unset one of them`);
    else values[name] = text.replace(/\r?\n$/, "");
  }
  return { environment: { ...rest, ...values }, values, errors };
}
