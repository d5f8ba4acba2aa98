import { ComposerPrimitive, useAui, useAuiState } from "@assistant-ui/react";
import { useEffect, useRef } from "react";
import { draft } from "../browser/stored.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { liveAnswer } from "../state/reduce.ts";
import { ArrowUp, Stop } from "./icons.tsx";

/** Where the reader writes. It always takes a message: what cannot go out now waits. */
export function Composer() {
  const aui = useAui();
  const chat = useChat();
  const text = useAuiState((state) => state.composer.text);
  const live = useChatState((state) => liveAnswer(state)?.status);
  const link = useChatState((state) => state.link);
  const restored = useRef(false);

  useEffect(() => {
    if (!restored.current) {
      restored.current = true;
      const before = draft.read();
      if (before !== undefined) return aui.composer().setText(before);
    }
    draft.write(text);
  }, [aui, text]);

  const send = () => {
    if (text.trim() === "") return;
    chat.ask(text);
    aui.composer().setText("");
  };

  return (
    <ComposerPrimitive.Root
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <ComposerPrimitive.Input
        className="composer-input"
        placeholder="Ask about the API…"
        aria-label="Message"
        rows={1}
        maxRows={9}
        autoFocus
        submitMode="none"
        addAttachmentOnPaste={false}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <div className="composer-buttons">
        {live !== undefined && (
          <button
            type="button"
            className="round-button round-button-quiet"
            aria-label="Stop"
            title="Stop"
            disabled={live === "stopping" || link !== "open"}
            onClick={chat.stop}
          >
            <Stop />
          </button>
        )}
        {(live === undefined || text.trim() !== "") && (
          <button
            type="submit"
            className="round-button"
            aria-label="Send"
            title="Send"
            disabled={text.trim() === ""}
          >
            <ArrowUp />
          </button>
        )}
      </div>
    </ComposerPrimitive.Root>
  );
}
