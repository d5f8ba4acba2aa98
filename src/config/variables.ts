/** Settings in the environment and in `.env`. */
import { environmentNames, formatSuggestion, SETTINGS } from "./names.ts";
import { maskSecret } from "./redact.ts";
import type { Setting, SettingName } from "./settings.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables, and what they are called in messages: `environment`, `.env`. */
export interface VariableSource {
  readonly place: string;
  readonly variables: Environment;
}

/** What one source says of a setting. */
export interface FoundValue {
  /** As in `Source`. */
  readonly source: string;
  readonly texts: readonly string[];
}

/** Highest precedence first. An empty variable is one that is not set: compose files pass on many of those. */
export function findVariables(
  name: SettingName,
  variableSources: readonly VariableSource[],
): readonly (FoundValue & { variable: string })[] {
  return variableSources.flatMap(({ place, variables }) =>
    environmentNames(name).flatMap((variable) => {
      const value = variables[variable];
      return value === undefined || value.trim() === ""
        ? []
        : { source: `${place} ${variable}`, variable, texts: [value] };
    }),
  );
}

/** One warning where two names of a setting have different values: it says which won. */
export function describeConflicts(
  name: SettingName,
  setting: Setting<unknown>,
  variables: ReturnType<typeof findVariables>,
): readonly string[] {
  const [winner, ...others] = variables;
  const ignored = others.filter(
    (other) => other.variable !== winner?.variable && other.texts[0] !== winner?.texts[0],
  );
  if (winner === undefined || ignored.length === 0) return [];
  const format = ({ source, texts }: FoundValue) => `${source}=${maskSecret(setting, texts.join())}`;
  return [`${name}: ${format(winner)} is used, ${ignored.map(format).join(" and ")} ignored`];
}

/** A warning for each variable that looks like a setting of ours and is none. */
export function findUnknownVariables(variableSources: readonly VariableSource[]): readonly string[] {
  const known = SETTINGS.flatMap(([name]) => environmentNames(name));
  return variableSources.flatMap(({ place, variables }) =>
    Object.keys(variables)
      .filter((variable) => SETTING_LIKE.test(variable) && !known.includes(variable))
      .map((variable) => {
        const prefix = variable.split("_", 1)[0] ?? "";
        const candidates = known.filter((name) => name.startsWith(`${prefix}_`));
        return `${place} ${variable} is no setting${formatSuggestion(variable, candidates)}`;
      }),
  );
}

const SETTING_LIKE = /^(SPECCHAT|BEDROCK)_/;

/** What the AWS SDK should find in the environment: `AWS_*` of `.env` that is no setting and that the environment lacks. */
export function selectAwsVariables(
  dotenv: Environment,
  environment: Environment,
): Readonly<Record<string, string>> {
  const settingVariables = new Set(SETTINGS.flatMap(([name]) => environmentNames(name)));
  const missing = Object.entries(dotenv).flatMap(([name, value]) =>
    name.startsWith("AWS_") && !settingVariables.has(name) && value && environment[name] === undefined
      ? [[name, value] as const]
      : [],
  );
  return Object.fromEntries(missing);
}
