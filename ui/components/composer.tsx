import { extractPastedFiles } from "../browser/attach.ts";
import { focusComposer } from "../browser/focus.ts";
import { isEmbedded } from "../browser/frame.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { draftOf } from "../state/draft.ts";
import { AttachButton } from "./attach-button.tsx";
import { Attachments } from "./attachments.tsx";
import { ComposerButtons } from "./composer-buttons.tsx";
import { useAttachFiles } from "./use-attach-files.ts";
import { useFileDrop } from "./use-file-drop.ts";

const MAX_ROWS = 9;

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
      <textarea
        className="composer-input"
        placeholder={t("composer.placeholder")}
        aria-label={t("composer.label")}
        // Empty, it has the direction of the page, and so has the placeholder.
        dir={text === "" ? undefined : "auto"}
        // Browsers without `field-sizing` count the lines that the user began.
        rows={Math.min(MAX_ROWS, text.split("\n").length)}
        // A frame must not take the focus from the page around.
        // biome-ignore lint/a11y/noAutofocus: the page is for writing messages.
        autoFocus={!isEmbedded}
        value={text}
        onChange={({ currentTarget }) => chat.draft(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") chat.stop();
          if (event.key !== "Enter" || event.shiftKey || isComposing(event.nativeEvent)) return;
          event.preventDefault();
          send();
        }}
      />
      <ComposerButtons isEmpty={text.trim() === ""} />
    </form>
  );
}

/** Returns whether a key belongs to an input method. Safari ends the composition before the key: it has the code 229 then. */
function isComposing({ isComposing, keyCode }: KeyboardEvent): boolean {
  return isComposing || keyCode === 229;
}
