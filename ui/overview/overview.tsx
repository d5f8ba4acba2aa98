import { canShare } from "../browser/address.ts";
import { resolveAddress } from "../browser/conversation-address.ts";
import { useChatState } from "../chat-context.tsx";
import { CopyButton } from "../components/copy-button.tsx";
import { useConversationsState } from "../conversations-context.tsx";
import { t } from "../language/language.ts";
import { Figures } from "./figures.tsx";
import { PrintButton } from "./print-button.tsx";
import { Questions } from "./questions.tsx";
import { ShareLink } from "./share-link.tsx";

/** The overview of the conversation: its figures, its questions, its link, and what can be done with it as a whole. */
export default function Overview({ onClose }: { onClose: () => void }) {
  const id = useChatState((state) => state.session?.id);
  const title = useConversationsState(
    ({ sessions }) => sessions.find(({ session_id }) => session_id === id)?.title,
  );
  return (
    <>
      <header>
        <h2 dir="auto">{title || t("list.untitled")}</h2>
        <PrintButton onStart={onClose} />
        <CopyButton label={t("overview.copyLink")} text={() => resolveAddress(id)} />
      </header>
      <Figures />
      {canShare() && id !== undefined && <ShareLink key={id} session={id} />}
      <Questions onClose={onClose} />
    </>
  );
}
