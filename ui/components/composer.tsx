import { extractPastedFiles } from "../browser/attach.ts";
import { focusComposer } from "../browser/focus.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { draftOf } from "../state/draft.ts";
import { AttachButton } from "./attach-button.tsx";
import { Attachments } from "./attachments.tsx";
import { ComposerButtons } from "./composer-buttons.tsx";
import { ComposerInput } from "./composer-input.tsx";
import { useAttachFiles } from "./use-attach-files.ts";
import { useFileDrop } from "./use-file-drop.ts";

/** The message input. It always accepts a message: one that cannot be sent now is queued. */
export function Composer() {
  const chat = useChat();
  const text = useChatState(draftOf);
  const attached = useChatState((state) => state.attached);
  const problem = useChatState((state) => state.attachProblem);
  const attach = useAttachFiles();
  const [isDragOver, dropHandlers] = useFileDrop(attach);

  const send = () => {
    if (text.trim() === "") return;
    chat.draft("");
    chat.send(text, attached);
  };

  return (
    <form
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
      <ComposerInput text={text} onSend={send} />
      <ComposerButtons isEmpty={text.trim() === ""} />
    </form>
  );
}
