import { useChat, useChatState } from "../chat-context.tsx";
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
          aria-label="Stop"
          title="Stop"
          disabled={liveStatus === "stopping" || link !== "open"}
          onClick={chat.stop}
        >
          <Stop />
        </button>
      )}
      {(liveStatus === undefined || !isEmpty) && (
        <button type="submit" className="round-button" aria-label="Send" title="Send" disabled={isEmpty}>
          <ArrowUp />
        </button>
      )}
    </div>
  );
}
