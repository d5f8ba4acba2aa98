/** Control, format, bidirectional, zero-width and tag characters. Not line feed and tab. */
const INVISIBLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Returns the text with `\u202e` in place of that character, so that a person sees what a call would send. */
export function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
