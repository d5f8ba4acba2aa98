/** The names of settings as flags and variables, and suggestions for misspelled names. */
import { closest, distance } from "fastest-levenshtein";
import { type Setting, type SettingName, settings } from "./settings.ts";

/** All settings in the order of declaration. */
export const SETTINGS = Object.entries(settings) as readonly [SettingName, Setting<unknown>][];

/** Turns `maxTokens` into `max-tokens`. */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Returns the environment names of a setting in order of precedence, `SPECCHAT_<FLAG>` first. */
export function environmentNames(name: SettingName): readonly string[] {
  const primaryName = `SPECCHAT_${kebabCase(name).replaceAll("-", "_").toUpperCase()}`;
  return [primaryName, ...(settings[name].env ?? [])];
}

/** Returns ` (did you mean …?)`, or an empty text when no known name is similar. */
export function formatSuggestion(wrong: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const nearest = closest(wrong, known);
  const isClose = wrong.length > 2 && distance(wrong, nearest) <= Math.max(2, Math.floor(wrong.length / 3));
  return isClose ? ` (did you mean ${nearest}?)` : "";
}
