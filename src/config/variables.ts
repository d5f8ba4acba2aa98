/** Settings in the environment and in `.env`. */
import { environmentNames, SETTINGS, suggestion } from "./names.ts";
import { shown } from "./redact.ts";
import type { Setting, SettingName } from "./settings.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables, and what they are called in messages: `environment`, `.env`. */
export interface Place {
  readonly place: string;
  readonly variables: Environment;
}

/** What one source says of a setting. */
export interface Found {
  /** As in `Source`. */
  readonly source: string;
  readonly texts: readonly string[];
}

/** Highest precedence first. An empty variable is one that is not set: compose files pass on many of those. */
export function findVariables(
  name: SettingName,
  places: readonly Place[],
): readonly (Found & { variable: string })[] {
  return places.flatMap(({ place, variables }) =>
    environmentNames(name).flatMap((variable) => {
      const value = variables[variable];
      return value === undefined || value.trim() === ""
        ? []
        : { source: `${place} ${variable}`, variable, texts: [value] };
    }),
  );
}

/** One warning where two names of a setting have different values: it says which won. */
export function disagreement(
  name: SettingName,
  setting: Setting<unknown>,
  variables: ReturnType<typeof findVariables>,
): readonly string[] {
  const [winner, ...others] = variables;
  const ignored = others.filter(
    (other) => other.variable !== winner?.variable && other.texts[0] !== winner?.texts[0],
  );
  if (winner === undefined || ignored.length === 0) return [];
  const told = ({ source, texts }: Found) => `${source}=${shown(setting, texts.join())}`;
  return [`${name}: ${told(winner)} is used, ${ignored.map(told).join(" and ")} ignored`];
}

/** A warning for each variable that looks like a setting of ours and is none. */
export function unknownVariables(places: readonly Place[]): readonly string[] {
  const known = SETTINGS.flatMap(([name]) => environmentNames(name));
  return places.flatMap(({ place, variables }) =>
    Object.keys(variables)
      .filter((variable) => SETTING_LIKE.test(variable) && !known.includes(variable))
      .map((variable) => {
        const prefix = variable.split("_", 1)[0] ?? "";
        const alike = known.filter((name) => name.startsWith(`${prefix}_`));
        return `${place} ${variable} is no setting${suggestion(variable, alike)}`;
      }),
  );
}

const SETTING_LIKE = /^(SPECCHAT|BEDROCK)_/;

/** What the AWS SDK should find in the environment: `AWS_*` of `.env` that is no setting and that the environment lacks. */
export function awsVariables(
  dotenv: Environment,
  environment: Environment,
): Readonly<Record<string, string>> {
  const ours = new Set(SETTINGS.flatMap(([name]) => environmentNames(name)));
  const missing = Object.entries(dotenv).flatMap(([name, value]) =>
    name.startsWith("AWS_") && !ours.has(name) && value && environment[name] === undefined
      ? [[name, value] as const]
      : [],
  );
  return Object.fromEntries(missing);
}
