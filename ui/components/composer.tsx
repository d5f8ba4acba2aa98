import { ComposerPrimitive, useAui, useAuiState } from "@assistant-ui/react";
import { useEffect, useRef, useState } from "react";
import { attachFiles, containsFiles, extractPastedFiles } from "../browser/attach.ts";
import { focusComposer } from "../browser/focus.ts";
import { draftItem } from "../browser/storage.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { findLiveReply } from "../state/turns.ts";
import { AttachButton } from "./attach-button.tsx";
import { Attachments } from "./attachments.tsx";
import { ArrowUp, Stop } from "./icons.tsx";

/** Where the reader writes. It always takes a message: what cannot go out now waits. */
export function Composer() {
  const aui = useAui();
  const chat = useChat();
  const text = useAuiState((state) => state.composer.text);
  const live = useChatState((state) => findLiveReply(state)?.status);
  const link = useChatState((state) => state.link);
  const attached = useChatState((state) => state.attached);
  const problem = useChatState((state) => state.attachProblem);
  const [isTarget, setIsTarget] = useState(false);
  const restored = useRef(false);

  useEffect(() => {
    if (!restored.current) {
      restored.current = true;
      const before = draftItem.read();
      if (before !== undefined) return aui.composer().setText(before);
    }
    draftItem.write(text);
  }, [aui, text]);

  const send = () => {
    if (text.trim() === "") return;
    chat.send(text, attached);
    // At once, not with the next effect: a reload in between would find the text both waiting and being written.
    draftItem.write("");
    aui.composer().setText("");
  };

  const attach = (files: readonly File[]) => {
    void attachFiles(chat, files);
    focusComposer();
  };

  return (
    <ComposerPrimitive.Root
      className={isTarget ? "composer composer-target" : "composer"}
      onDragOver={(event) => {
        if (!containsFiles(event.dataTransfer)) return;
        event.preventDefault();
        setIsTarget(true);
      }}
      onDragLeave={() => setIsTarget(false)}
      onDrop={(event) => {
        setIsTarget(false);
        if (!containsFiles(event.dataTransfer)) return;
        event.preventDefault();
        attach([...event.dataTransfer.files]);
      }}
      onPaste={(event) => {
        const files = extractPastedFiles(event.clipboardData);
        if (files.length === 0) return;
        event.preventDefault();
        attach(files);
      }}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Attachments
        files={attached}
        onRemove={(id) => {
          chat.detach(id);
          focusComposer();
        }}
      />
      {problem !== undefined && (
        <p className="composer-problem" role="alert">
          {problem}
        </p>
      )}
      <AttachButton onFiles={attach} />
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
