import { useState } from "react";
import { letterKeysItem } from "../browser/storage.ts";
import { t } from "../language/language.ts";
import { OverlayDialog } from "./overlay-dialog.tsx";
import { OverlayHeader } from "./overlay-header.tsx";
import { SHORTCUTS } from "./shortcuts.ts";

/** The list of keyboard shortcuts. */
export default function ShortcutList() {
  const [areLettersOn, setAreLettersOn] = useState(() => letterKeysItem.read() !== "off");
  return (
    <OverlayDialog label={t("keys.title")} className="shortcuts">
      <OverlayHeader title={t("keys.title")} />
      <dl className="shortcut-list">
        {SHORTCUTS.map(({ text, keys }) => (
          <div key={text}>
            <dt>{t(text)}</dt>
            <dd>
              {keys.map((combination) => (
                <span key={combination.join(" ")}>
                  {combination.map((key) => (
                    <kbd key={key}>{nameOf(key)}</kbd>
                  ))}
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <label className="shortcut-switch">
        <input
          type="checkbox"
          checked={areLettersOn}
          onChange={({ currentTarget }) => {
            letterKeysItem.write(currentTarget.checked ? "" : "off");
            setAreLettersOn(currentTarget.checked);
          }}
        />
        {t("keys.letters")}
      </label>
    </OverlayDialog>
  );
}

function nameOf(key: string): string {
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  return key === "Mod" ? (isMac ? "⌘" : "Ctrl") : key;
}
