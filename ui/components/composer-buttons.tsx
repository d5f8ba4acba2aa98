import { useChat, useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { findLiveReply } from "../state/turns.ts";
import { ArrowUp, Stop } from "./icons.tsx";

/** The buttons of the composer: Stop while a turn runs, and Send if there is a text or no turn runs. */
export function ComposerButtons({ isEmpty }: { isEmpty: boolean }) {
  const chat = useChat();
  const liveStatus = useChatState((state) => findLiveReply(state)?.status);
  const link = useChatState((state) => state.link);
  return (
    <div className="composer-buttons">
      {liveStatus !== undefined && (
        <button
          type="button"
          className="round-button round-button-secondary"
          aria-label={t("composer.stop")}
          title={t("composer.stop")}
          disabled={liveStatus === "stopping" || link !== "open"}
          onClick={chat.stop}
        >
          <Stop />
        </button>
      )}
      {(liveStatus === undefined || !isEmpty) && (
        <button
          type="submit"
          className="round-button"
          aria-label={t("composer.send")}
          title={t("composer.send")}
          disabled={isEmpty}
        >
          <ArrowUp />
        </button>
      )}
    </div>
  );
}
