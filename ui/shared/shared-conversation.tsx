import { lazy, Suspense } from "react";
import { t } from "../language/language.ts";

const SharedPage = lazy(() => import("./shared-page.tsx"));

/** Loads and shows a shared conversation. */
export function SharedConversation(props: { readonly id: string; readonly title: string }) {
  return (
    <Suspense fallback={<p className="loading shimmer">{t("conversation.loading")}</p>}>
      <SharedPage {...props} />
    </Suspense>
  );
}
