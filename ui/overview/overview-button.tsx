import { lazy, Suspense, useState } from "react";
import { useChatState } from "../chat-context.tsx";
import { Info } from "../components/icons.tsx";
import { t } from "../language/language.ts";

const Overview = lazy(() => import("./overview.tsx"));

const ID = "overview";

/** The button in the header that opens the overview of the conversation. Nothing while the conversation is empty. */
export function OverviewButton() {
  const isEmpty = useChatState((state) => state.entries.length === 0);
  const [isOpen, setIsOpen] = useState(false);
  if (isEmpty) return null;
  return (
    <>
      <button
        type="button"
        className="icon-button"
        popoverTarget={ID}
        aria-label={t("overview.open")}
        title={t("overview.open")}
      >
        <Info />
      </button>
      <section
        id={ID}
        popover="auto"
        className="overview"
        aria-label={t("overview.open")}
        onToggle={({ newState }) => setIsOpen(newState === "open")}
      >
        {isOpen && (
          <Suspense fallback={<p className="shimmer">{t("conversation.loading")}</p>}>
            <Overview onClose={() => document.getElementById(ID)?.hidePopover()} />
          </Suspense>
        )}
      </section>
    </>
  );
}
