/** Values as they may be shown: no secret, and no password within an address. */
import type { Setting } from "./settings.ts";

export const MASK = "********";

/** One text of a setting; `quote` is applied to what may be seen. */
export function maskSecret(
  { secret }: Setting<unknown>,
  text: string,
  quote: (text: string) => string = (text) => text,
): string {
  if (secret === true) return text === "" ? "" : MASK;
  return quote(text.replace(/(?<=:\/\/)[^/?#@\s]+(?=@)/g, MASK));
}

/** A value as its flag would be written; lists one entry after another. Empty when unset. */
export function textOf(setting: Setting<unknown>, value: unknown): string {
  const text = value === undefined ? "" : Array.isArray(value) ? value.join(", ") : String(value);
  // Everybody knows the default.
  return value === setting.default ? text : maskSecret(setting, text);
}
