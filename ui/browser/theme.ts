import { useEffect, useState } from "react";
import { themeItem as remembered } from "./storage.ts";

export type Theme = "light" | "dark";

/** The reader's choice, else the system's, and how to turn it over. Shown as `data-theme` of the document. */
export function useTheme(): readonly [Theme, () => void] {
  const [system, setSystem] = useState<Theme>(systemTheme);
  const [chosen, setChosen] = useState<Theme | undefined>(readStoredTheme);
  const theme = chosen ?? system;

  useEffect(() => {
    const query = matchMedia(DARK_QUERY);
    const updateSystemTheme = () => setSystem(systemTheme());
    query.addEventListener("change", updateSystemTheme);
    return () => query.removeEventListener("change", updateSystemTheme);
  }, []);

  useEffect(() => applyTheme(theme), [theme]);

  const toggleTheme = () => {
    const next = theme === "dark" ? "light" : "dark";
    // The choice of what the system says anyway is no choice: the page follows the system again.
    remembered.write(next === system ? "" : next);
    setChosen(next === system ? undefined : next);
  };
  return [theme, toggleTheme];
}

/** Before the first rendering: no flash of the other theme. */
export function applyStoredTheme(): void {
  applyTheme(readStoredTheme() ?? systemTheme());
}

const DARK_QUERY = "(prefers-color-scheme: dark)";

function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}

function systemTheme(): Theme {
  return matchMedia(DARK_QUERY).matches ? "dark" : "light";
}

function readStoredTheme(): Theme | undefined {
  const value = remembered.read();
  return value === "light" || value === "dark" ? value : undefined;
}
