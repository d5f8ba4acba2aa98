import { useEffect, useState } from "react";
import { theme as remembered } from "./storage.ts";

export type Theme = "light" | "dark";

/** The reader's choice, else the system's, and how to turn it over. Shown as `data-theme` of the document. */
export function useTheme(): readonly [Theme, () => void] {
  const [system, setSystem] = useState<Theme>(systemTheme);
  const [chosen, setChosen] = useState<Theme | undefined>(rememberedTheme);
  const theme = chosen ?? system;

  useEffect(() => {
    const query = matchMedia(DARK);
    const changed = () => setSystem(systemTheme());
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);

  useEffect(() => showTheme(theme), [theme]);

  const turn = () => {
    const next = theme === "dark" ? "light" : "dark";
    // The choice of what the system says anyway is no choice: the page follows the system again.
    remembered.write(next === system ? "" : next);
    setChosen(next === system ? undefined : next);
  };
  return [theme, turn];
}

/** Before the first rendering: no flash of the other theme. */
export function showRememberedTheme(): void {
  showTheme(rememberedTheme() ?? systemTheme());
}

const DARK = "(prefers-color-scheme: dark)";

function showTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}

function systemTheme(): Theme {
  return matchMedia(DARK).matches ? "dark" : "light";
}

function rememberedTheme(): Theme | undefined {
  const value = remembered.read();
  return value === "light" || value === "dark" ? value : undefined;
}
