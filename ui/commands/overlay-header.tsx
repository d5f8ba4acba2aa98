import { Cross } from "../components/icons.tsx";
import { t } from "../language/language.ts";
import { openOverlay } from "./overlay.ts";

/** The title of a dialog over the page, and the button that closes it. */
export function OverlayHeader({ title }: { readonly title: string }) {
  return (
    <header className="overlay-header">
      <h2>{title}</h2>
      <button
        type="button"
        className="icon-button"
        aria-label={t("close")}
        title={t("close")}
        onClick={() => openOverlay(undefined)}
      >
        <Cross />
      </button>
    </header>
  );
}
