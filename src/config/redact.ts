/** Formats setting values without secrets and without passwords and queries of URLs. */
import { maskQueryValues } from "../errors.ts";
import type { Setting } from "./settings.ts";

export const MASK = "********";

/** Masks a secret text, or the password and the values of the query in a URL. `quote` is applied to the visible text. */
export function maskSecret(
  { secret }: Setting<unknown>,
  text: string,
  quote: (text: string) => string = (text) => text,
): string {
  if (secret === true) return text === "" ? "" : MASK;
  return quote(maskQueryValues(text.replace(/(?<=:\/\/)[^/?#@\s]+(?=@)/g, MASK)));
}

/** Returns a value as its flag would be written, masked when secret and empty when unset. */
export function formatValue(setting: Setting<unknown>, value: unknown): string {
  const text = value === undefined ? "" : Array.isArray(value) ? value.join(", ") : String(value);
  // A default is public.
  return value === setting.default ? text : maskSecret(setting, text);
}
