/**
 * Reads variables whose value is in a file: `SPECCHAT_COOKIE_SECRET_FILE=/run/secrets/cookie` instead of `SPECCHAT_COOKIE_SECRET`,
 * or a credential of systemd with that name.
 */
import { join } from "node:path";
import { environmentNames, SETTINGS } from "./names.ts";
import type { Environment } from "./variables.ts";

/** The API key of Bedrock is not a setting. The AWS SDK reads it from the environment. */
const SDK_SECRETS = ["AWS_BEARER_TOKEN_BEDROCK"];

const NAMES: readonly string[] = [...SETTINGS.flatMap(([name]) => environmentNames(name)), ...SDK_SECRETS];
const KNOWN: ReadonlySet<string> = new Set(NAMES);
const SECRETS: readonly string[] = [
  ...SETTINGS.flatMap(([name, { secret }]) => (secret ? environmentNames(name) : [])),
  ...SDK_SECRETS,
];

export interface VariablesFromFiles {
  /** The environment with the values of the files instead of the variables that name them. */
  readonly environment: Environment;
  /** The variables that came from files. */
  readonly values: Readonly<Record<string, string>>;
  /** One line for each file that cannot be used. */
  readonly errors: readonly string[];
}

/**
 * Replaces each `NAME_FILE` by `NAME` with the content of the file, without its last line break. A secret may also be a file `NAME`
 * in the folder of `CREDENTIALS_DIRECTORY`: https://systemd.io/CREDENTIALS
 */
export function readVariableFiles(
  environment: Environment,
  readFile: (path: string) => string | undefined,
): VariablesFromFiles {
  const rest: Record<string, string | undefined> = { ...environment };
  const values: Record<string, string> = {};
  const errors: string[] = [];
  const take = (name: string, source: string, text: string) => {
    if (environment[name] || values[name] !== undefined)
      errors.push(`${source}: ${name} is set too; unset one of them`);
    else values[name] = text.replace(/\r?\n$/, "");
  };
  for (const name of NAMES) {
    const variable = `${name}_FILE`;
    const path = environment[variable];
    if (KNOWN.has(variable) || path === undefined || path.trim() === "") continue;
    delete rest[variable];
    const text = readFile(path);
    if (text === undefined) errors.push(`${variable}: cannot read the file ${path}`);
    else take(name, variable, text);
  }
  const { CREDENTIALS_DIRECTORY: folder } = environment;
  for (const name of folder ? SECRETS : []) {
    const path = join(folder ?? "", name);
    // A unit may name the file too.
    const text = environment[`${name}_FILE`] === path ? undefined : readFile(path);
    if (text !== undefined) take(name, `credential ${name}`, text);
  }
  return { environment: { ...rest, ...values }, values, errors };
}
