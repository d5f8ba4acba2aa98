import type { PageColors } from "../../browser/colors.ts";

/** Returns the theme variables of Mermaid for the colours of the page: https://mermaid.js.org/config/theming.html */
export function toTheme(colors: PageColors, isDark: boolean): Readonly<Record<string, unknown>> {
  const { text, textMuted, line, lineStrong, surface, surfaceSunken, accentSoft, font, series } = colors;
  const numbered = (name: string, list: readonly string[], from: number) =>
    Object.fromEntries(list.map((color, at) => [`${name}${at + from}`, color]));
  return {
    darkMode: isDark,
    fontFamily: font,
    fontSize: "14px",
    background: surface,
    primaryColor: accentSoft,
    primaryTextColor: text,
    primaryBorderColor: series[0],
    secondaryColor: surfaceSunken,
    secondaryTextColor: text,
    secondaryBorderColor: lineStrong,
    tertiaryColor: surface,
    tertiaryTextColor: text,
    tertiaryBorderColor: line,
    textColor: text,
    titleColor: text,
    lineColor: textMuted,
    noteBkgColor: surfaceSunken,
    noteTextColor: text,
    noteBorderColor: lineStrong,
    edgeLabelBackground: surface,
    clusterBkg: surfaceSunken,
    clusterBorder: lineStrong,
    ...numbered("pie", series, 1),
    pieTitleTextColor: text,
    pieLegendTextColor: text,
    pieSectionTextColor: surface,
    pieOpacity: "1",
    pieStrokeColor: surface,
    pieOuterStrokeColor: line,
  };
}
