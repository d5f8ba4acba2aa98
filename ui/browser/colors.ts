/** The colours of the page for what is drawn outside of its style sheets. */
import { useEffect, useState } from "react";

export interface PageColors {
  /** The colours of charts.css. */
  readonly series: readonly string[];
  readonly text: string;
  readonly textMuted: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly surface: string;
  readonly surfaceSunken: string;
  readonly accentSoft: string;
  readonly font: string;
}

/** Returns the colours of the current theme. */
export function readColors(): PageColors {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((at) => read(`--series-${at}`)),
    text: read("--text"),
    textMuted: read("--text-muted"),
    line: read("--line"),
    lineStrong: read("--line-strong"),
    surface: read("--surface"),
    surfaceSunken: read("--surface-sunken"),
    accentSoft: read("--accent-soft"),
    font: read("--sans"),
  };
}

/** Returns the name of the theme, and renders again when it changes. */
export function useThemeName(): string | undefined {
  const [theme, setTheme] = useState(() => document.documentElement.dataset.theme);
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(document.documentElement.dataset.theme));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => observer.disconnect();
  }, []);
  return theme;
}
