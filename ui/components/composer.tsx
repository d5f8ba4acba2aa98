import { ComposerPrimitive, useAui, useAuiState } from "@assistant-ui/react";
import { extractPastedFiles } from "../browser/attach.ts";
import { focusComposer } from "../browser/focus.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { AttachButton } from "./attach-button.tsx";
import { Attachments } from "./attachments.tsx";
import { ComposerButtons } from "./composer-buttons.tsx";
import { useAttachFiles } from "./use-attach-files.ts";
import { useDraft } from "./use-draft.ts";
import { useFileDrop } from "./use-file-drop.ts";

/** The message input. It always accepts a message: one that cannot be sent now is queued. */
export function Composer() {
  const aui = useAui();
  const chat = useChat();
  const text = useAuiState((state) => state.composer.text);
  const attached = useChatState((state) => state.attached);
  const problem = useChatState((state) => state.attachProblem);
  const draft = useDraft(text);
  const attach = useAttachFiles();
  const [isDragOver, dropHandlers] = useFileDrop(attach);

  const send = () => {
    if (text.trim() === "") return;
    chat.send(text, attached);
    draft.clear();
    aui.composer().setText("");
  };

  return (
    <ComposerPrimitive.Root
      className={isDragOver ? "composer composer-drag-over" : "composer"}
      {...dropHandlers}
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
      <ComposerButtons isEmpty={text.trim() === ""} />
    </ComposerPrimitive.Root>
  );
}
