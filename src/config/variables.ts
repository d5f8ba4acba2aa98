/** Finds settings in the environment and in `.env`. */
import { environmentNames, formatSuggestion, SETTINGS } from "./names.ts";
import { maskSecret } from "./redact.ts";
import type { Setting, SettingName } from "./settings.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface VariableSource {
  /** The name of the source in messages: `environment` or `.env`. */
  readonly label: string;
  readonly variables: Environment;
}

/** The value of a setting in one source. */
export interface FoundValue {
  /** The source as in `SettingSource`. */
  readonly source: string;
  readonly texts: readonly string[];
}

const GUARDS: ReadonlySet<SettingName> = new Set(
  SETTINGS.filter(([, { kind }]) => kind.refusesEmpty).map(([name]) => name),
);

/** Returns the variables of a setting, highest precedence first. Empty variables count as unset, since compose files pass them on, except those of a guard. */
export function findVariables(
  name: SettingName,
  variableSources: readonly VariableSource[],
): readonly (FoundValue & { variable: string })[] {
  return variableSources.flatMap(({ label, variables }) =>
    environmentNames(name).flatMap((variable) => {
      const value = findVariable(variables, variable);
      const isUnset = value?.trim() === "" && !GUARDS.has(name);
      return value === undefined || isUnset
        ? []
        : { source: `${label} ${variable}`, variable, texts: [value] };
    }),
  );
}

/** Finds a variable in any case of letters, as the replaced systems did. The exact name wins. */
function findVariable(variables: Environment, name: string): string | undefined {
  if (variables[name] !== undefined) return variables[name];
  const key = spellingsOf(variables).get(name);
  return key === undefined ? undefined : variables[key];
}

const spellings = new WeakMap<Environment, ReadonlyMap<string, string>>();

/** Returns the variables with lower-case letters → their names as they are spelled. */
function spellingsOf(variables: Environment): ReadonlyMap<string, string> {
  const known = spellings.get(variables);
  if (known) return known;
  const names = Object.keys(variables).filter((name) => name !== name.toUpperCase());
  const created = new Map(names.map((name) => [name.toUpperCase(), name]));
  spellings.set(variables, created);
  return created;
}

/** Returns a warning when two variables of a setting differ. It names the one that is used. */
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
  return [`${name}: using ${format(winner)}, ignoring ${ignored.map(format).join(" and ")}`];
}

/** Returns a warning for each variable that looks like a setting but is not one. */
export function findUnknownVariables(variableSources: readonly VariableSource[]): readonly string[] {
  const known = SETTINGS.flatMap(([name]) => environmentNames(name));
  return variableSources.flatMap(({ label, variables }) =>
    Object.keys(variables)
      .filter((variable) => SETTING_LIKE.test(variable) && !known.includes(variable.toUpperCase()))
      .map((variable) => {
        const prefix = variable.split("_", 1)[0] ?? "";
        const candidates = known.filter((name) => name.startsWith(`${prefix}_`));
        return `${label} ${variable}: unknown setting${formatSuggestion(variable, candidates)}`;
      }),
  );
}

const SETTING_LIKE = /^(SPECCHAT|BEDROCK)_/i;

/** Returns the `AWS_*` variables of `.env` that are not settings, and unset or empty in the environment. */
export function selectAwsVariables(
  dotenv: Environment,
  environment: Environment,
): Readonly<Record<string, string>> {
  const settingVariables = new Set(SETTINGS.flatMap(([name]) => environmentNames(name)));
  const set = withoutEmptyValues(environment);
  // Keys of the environment and a session token of the file belong to different credentials.
  const isForeign = (name: string) => set.AWS_ACCESS_KEY_ID !== undefined && name === "AWS_SESSION_TOKEN";
  const missing = Object.entries(withoutEmptyValues(dotenv)).filter(
    ([name]) =>
      name.startsWith("AWS_") && !settingVariables.has(name) && set[name] === undefined && !isForeign(name),
  );
  return Object.fromEntries(missing);
}

/** Returns the variables that have a value. Compose files pass unset ones on as empty. */
export function withoutEmptyValues(variables: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value?.trim() ? [[name, value]] : [])),
  );
}
