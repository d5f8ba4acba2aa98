import { useEffect, useState } from "react";
import { themeItem } from "./storage.ts";

export type Theme = "light" | "dark";

/** Returns the theme, which is the user's choice or the system's, and a function that toggles it. */
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
    // A choice that equals the system's theme is not stored, so that the page follows the system again.
    themeItem.write(next === system ? "" : next);
    setChosen(next === system ? undefined : next);
  };
  return [theme, toggleTheme];
}

/** Applies the theme before the first rendering, to avoid a flash of the other theme. */
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
  const value = themeItem.read();
  return value === "light" || value === "dark" ? value : undefined;
}
