import { useEffect, useState } from "react";
import { hostLook } from "./frame.ts";
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
  if (hostLook.accent !== null) applyAccent(hostLook.accent);
}

/** Derives the colours of buttons and links from that of the page around. Mixing with the colour of texts keeps links readable. */
function applyAccent(accent: string): void {
  const probe = document.createElement("canvas").getContext("2d");
  if (probe === null || !CSS.supports("color", accent)) return;
  probe.fillStyle = accent;
  const channels = /^#(..)(..)(..)$/.exec(probe.fillStyle)?.slice(1) ?? [];
  if (channels.length !== 3) return;
  const [red, green, blue] = channels.map((channel) => (Number.parseInt(channel, 16) / 255) ** 2.2);
  const luminance = 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
  const colors = {
    "--accent": accent,
    "--accent-strong": accent,
    "--on-accent": luminance > 0.18 ? "#000000" : "#ffffff",
    "--accent-text": `color-mix(in oklab, ${accent} 45%, var(--text))`,
    "--accent-soft": `color-mix(in oklab, ${accent} 12%, var(--surface))`,
  };
  for (const [name, color] of Object.entries(colors)) document.documentElement.style.setProperty(name, color);
}

const DARK_QUERY = "(prefers-color-scheme: dark)";

function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}

function systemTheme(): Theme {
  if (hostLook.theme === "light" || hostLook.theme === "dark") return hostLook.theme;
  return matchMedia(DARK_QUERY).matches ? "dark" : "light";
}

function readStoredTheme(): Theme | undefined {
  const value = themeItem.read();
  return value === "light" || value === "dark" ? value : undefined;
}
