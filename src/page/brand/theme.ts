/** Reads a theme file: YAML, or JSON, which is YAML too. */
import { parse } from "yaml";
import { z } from "zod";
import { COLOR_NAMES } from "./palette.ts";

const Color = z.string().regex(/^#(?:[\da-f]{3}|[\da-f]{6})$/i, "a color such as #3d5bd9");
const Scheme = z.partialRecord(z.enum(COLOR_NAMES), Color);
const Line = z.string().trim().min(1).max(300);

const ThemeFile = z.strictObject({
  title: Line.optional(),
  /** The path of a picture, relative to the theme file. */
  logo: z.string().min(1).optional(),
  welcome: Line.optional(),
  introduction: z.string().trim().min(1).max(2000).optional(),
  suggestions: z.array(Line).max(12).optional(),
  disclaimer: z.string().trim().min(1).max(1000).optional(),
  light: Scheme.optional(),
  dark: Scheme.optional(),
});

/** The look and the texts of the page. */
export type Theme = z.infer<typeof ThemeFile>;

/** @throws Error whose message names each place and what it may contain. */
export function parseTheme(text: string): Theme {
  const result = ThemeFile.safeParse(parse(text) ?? {});
  if (result.success) return result.data;
  throw new Error(
    result.error.issues.map(({ path, message }) => `${path.join(".") || "file"}: ${message}`).join("; "),
  );
}
