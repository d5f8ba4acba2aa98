/** The keyboard shortcuts of the page. Pure. */
import type { PlainKey } from "../language/types.ts";

/** What a key does on the whole page. */
export type ShortcutAction = "palette" | "shortcuts" | "focus" | "new";

export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/**
 * Returns the action of a key.
 * @param isInField the key is for a text field, or for a control that has keys of its own
 * @param areLettersOn keys without Control or Command have actions. WCAG 2.2, 2.1.4: they can be switched off.
 */
export function findShortcut(
  { key, code, ctrlKey, metaKey, altKey, shiftKey }: KeyPress,
  isInField: boolean,
  areLettersOn: boolean,
): ShortcutAction | undefined {
  const hasCommand = (ctrlKey || metaKey) && !altKey;
  if (hasCommand && !shiftKey && key.toLowerCase() === "k") return "palette";
  // A keyboard may have the slash on another key, and with Shift.
  if (hasCommand && (key === "/" || code === "Slash")) return "shortcuts";
  if (hasCommand && shiftKey && key.toLowerCase() === "o") return "new";
  if (ctrlKey || metaKey || altKey || isInField || !areLettersOn) return undefined;
  if (key === "?") return "shortcuts";
  return key === "/" ? "focus" : undefined;
}

export interface ListedShortcut {
  readonly text: PlainKey;
  /** Keys that are pressed together. `Mod` is Control, or Command on a Mac. A list of several is a choice. */
  readonly keys: readonly (readonly string[])[];
}

export const SHORTCUTS: readonly ListedShortcut[] = [
  { text: "keys.palette", keys: [["Mod", "K"]] },
  { text: "keys.list", keys: [["?"], ["Mod", "/"]] },
  { text: "keys.new", keys: [["Mod", "Shift", "O"]] },
  { text: "keys.focus", keys: [["/"]] },
  { text: "keys.send", keys: [["Enter"]] },
  { text: "keys.newLine", keys: [["Shift", "Enter"]] },
  { text: "keys.commands", keys: [["/"]] },
  { text: "keys.history", keys: [["↑"], ["↓"]] },
  { text: "keys.stop", keys: [["Esc"]] },
];
