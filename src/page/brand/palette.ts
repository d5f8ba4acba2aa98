/** The colours of the page: those of a theme, what follows from them, and whether texts can be read. */
import { contrastOf, mix, untilContrast } from "./colors.ts";

/** The colours that a theme can set. */
export const COLOR_NAMES = [
  "background",
  "surface",
  "text",
  "mutedText",
  "line",
  "accent",
  "onAccent",
] as const;
export type ColorName = (typeof COLOR_NAMES)[number];
export type Colors = Readonly<Partial<Record<ColorName, string>>>;
export type Scheme = "light" | "dark";

/** The colours of ui/styles/theme.css. */
export const DEFAULT_COLORS = {
  light: {
    background: "#fdfdfc",
    surface: "#ffffff",
    text: "#1d1e20",
    mutedText: "#5d6066",
    line: "#e5e5e1",
    accent: "#3d5bd9",
    onAccent: "#ffffff",
    success: "#197a4b",
    error: "#b3261e",
    warning: "#8a5a00",
  },
  dark: {
    background: "#131417",
    surface: "#1b1d21",
    text: "#e9e9e7",
    mutedText: "#a0a4ac",
    line: "#2b2e34",
    accent: "#4460dc",
    onAccent: "#ffffff",
    success: "#5fd39a",
    error: "#ff9d94",
    warning: "#f0c069",
  },
} as const;

/** The least contrast of texts, and of controls: https://www.w3.org/TR/WCAG22/#contrast-minimum */
const [TEXT, CONTROL] = [4.5, 3];

/** Returns the custom properties of a scheme that differ from theme.css. */
export function toProperties(colors: Colors, scheme: Scheme): Readonly<Record<string, string>> {
  const { background, surface, text, mutedText, line, accent, onAccent } = complete(colors, scheme);
  const isNeutral = (["background", "surface", "text", "mutedText", "line"] as const).some(
    (name) => colors[name] !== undefined,
  );
  const backgrounds = [background, surface];
  const neutral = {
    "--background": background,
    "--surface": surface,
    "--surface-sunken": mix(surface, text, 0.04),
    "--text": text,
    "--text-muted": mutedText,
    "--line": line,
    "--line-strong": mix(line, text, 0.15),
  };
  const accents = {
    "--accent": untilContrast(accent, text, backgrounds, CONTROL),
    "--accent-strong": accent,
    "--accent-text": untilContrast(accent, text, [...backgrounds, mix(surface, accent, 0.1)], TEXT),
    "--accent-soft": mix(surface, accent, 0.1),
    "--on-accent": onAccent,
  };
  const isAccent = isNeutral || colors.accent !== undefined || colors.onAccent !== undefined;
  return { ...(isNeutral && neutral), ...(isAccent && accents) };
}

/** Fills in what a theme leaves out. Texts on the accent are black or white, whichever can be read better. */
function complete(colors: Colors, scheme: Scheme) {
  const defaults = DEFAULT_COLORS[scheme];
  const { accent } = colors;
  const onAccent =
    accent === undefined || contrastOf(accent, "#ffffff") >= contrastOf(accent, "#000000")
      ? "#ffffff"
      : "#000000";
  return { ...defaults, onAccent, ...colors };
}

/** Returns a warning for each pair of colours whose texts cannot be read well. */
export function findLowContrast(colors: Colors, scheme: Scheme): readonly string[] {
  if (Object.keys(colors).length === 0) return [];
  const all = complete(colors, scheme);
  const texts = ["text", "mutedText", "success", "error", "warning"] as const;
  const pairs = [
    ...texts.flatMap((text) => [[text, "background"] as const, [text, "surface"] as const]),
    ["onAccent", "accent"] as const,
  ];
  return pairs.flatMap(([text, background]) => {
    const contrast = contrastOf(all[text], all[background]);
    if (contrast >= TEXT) return [];
    return [
      `theme: ${text} ${all[text]} on ${background} ${all[background]} (${scheme}) has a contrast of ${contrast.toFixed(1)}:1. Texts need ${TEXT}:1.`,
    ];
  });
}
