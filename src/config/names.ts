/** What a setting is called in each place, and the nearest name to one that nothing has. */
import { closest, distance } from "fastest-levenshtein";
import { type Setting, type SettingName, settings } from "./settings.ts";

/** Every setting with its declaration, in the order of declaration. */
export const SETTINGS = Object.entries(settings) as readonly [SettingName, Setting<unknown>][];

/** `maxTokens` → `max-tokens`. */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** In order of precedence; `SPECCHAT_<FLAG>` is first. */
export function environmentNames(name: SettingName): readonly string[] {
  const primaryName = `SPECCHAT_${kebabCase(name).replaceAll("-", "_").toUpperCase()}`;
  return [primaryName, ...(settings[name].env ?? [])];
}

/** ` (did you mean …?)`, or nothing when no name is near. */
export function formatSuggestion(wrong: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const nearest = closest(wrong, known);
  const isClose = wrong.length > 2 && distance(wrong, nearest) <= Math.max(2, Math.floor(wrong.length / 3));
  return isClose ? ` (did you mean ${nearest}?)` : "";
}
