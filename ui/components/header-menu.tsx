import { useId, useSyncExternalStore } from "react";
import { resolveDocsUrl } from "../browser/address.ts";
import type { Theme } from "../browser/theme.ts";
import { t } from "../language/language.ts";
import { Dots, Help, Moon, Sun } from "./icons.tsx";
import { ModelSelect } from "./model-select.tsx";

interface HeaderMenuProps {
  readonly theme: Theme;
  readonly onToggleTheme: () => void;
}

/** The model, the manual and the theme: in the header itself on wide screens, in a menu of the header on phones. */
export function HeaderMenu({ theme, onToggleTheme }: HeaderMenuProps) {
  const id = useId();
  const isMenu = useSyncExternalStore(subscribe, () => query().matches);
  const themeLabel = t(theme === "dark" ? "header.lightTheme" : "header.darkTheme");
  return (
    <>
      {isMenu && (
        <button
          type="button"
          className="icon-button header-more"
          popoverTarget={id}
          aria-label={t("header.more")}
          title={t("header.more")}
        >
          <Dots />
        </button>
      )}
      <div id={id} popover={isMenu ? "auto" : undefined} className="header-menu">
        <ModelSelect />
        <a
          className="icon-button"
          href={resolveDocsUrl()}
          target="_blank"
          rel="noreferrer"
          aria-label={t("header.manual")}
          title={t("header.manual")}
        >
          <Help />
          {isMenu && <span>{t("header.manual")}</span>}
        </a>
        <button
          type="button"
          className="icon-button"
          aria-label={themeLabel}
          title={themeLabel}
          onClick={onToggleTheme}
        >
          {theme === "dark" ? <Sun /> : <Moon />}
          {isMenu && <span>{themeLabel}</span>}
        </button>
      </div>
    </>
  );
}

/** The width of phones, as in layout.css. */
const query = () => matchMedia("(width <= 40rem)");

function subscribe(listener: () => void): () => void {
  const phone = query();
  phone.addEventListener("change", listener);
  return () => phone.removeEventListener("change", listener);
}
