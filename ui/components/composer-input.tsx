import { type KeyboardEvent, useId, useRef, useState } from "react";
import { isEmbedded } from "../browser/frame.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { CommandList } from "../commands/command-list.tsx";
import { type Command, findSlashCommands } from "../commands/commands.ts";
import { isComposing } from "../commands/input-method.ts";
import { listMessages, recallMessage } from "../commands/recall.ts";
import { useCommands } from "../commands/use-commands.ts";
import { t } from "../language/language.ts";
import type { Entry } from "../state/types.ts";

const MAX_ROWS = 9;

/** The message field, with commands after a slash, and earlier messages with the arrow keys. */
export function ComposerInput({ text, onSend }: { text: string; onSend: () => void }) {
  const chat = useChat();
  const menuId = useId();
  const [at, setAt] = useState(0);
  /** The text for which Escape has closed the menu. */
  const [closed, setClosed] = useState<string | undefined>(undefined);
  const recalled = useRef<number | undefined>(undefined);
  const entries = useChatState((state) => state.entries);
  const found = findSlashCommands(useCommands(), text);
  const commands = closed === text ? [] : found;
  const active = Math.min(at, commands.length - 1);

  const run = (command: Command | undefined) => {
    chat.draft("");
    command?.run();
  };
  /** Returns whether the key was for the menu. */
  const handleMenuKey = (key: string): boolean => {
    if (commands.length === 0) return false;
    if (key === "ArrowDown") setAt((active + 1) % commands.length);
    else if (key === "ArrowUp") setAt((active - 1 + commands.length) % commands.length);
    else if (key === "Enter" || key === "Tab") run(commands[active]);
    else if (key === "Escape") setClosed(text);
    else return false;
    return true;
  };
  const handleRecall = ({ key, currentTarget }: KeyboardEvent<HTMLTextAreaElement>): boolean => {
    const { selectionStart, selectionEnd } = currentTarget;
    if ((key !== "ArrowUp" && key !== "ArrowDown") || selectionStart !== selectionEnd) return false;
    const next = recallMessage(questionsOf(entries), key, text, recalled.current, selectionStart);
    if (next === undefined) return false;
    recalled.current = next.at;
    chat.draft(next.text);
    return true;
  };
  return (
    <>
      {commands.length > 0 && (
        <CommandList
          id={menuId}
          className="slash-menu"
          commands={commands}
          active={active}
          onRun={run}
          onPoint={setAt}
        />
      )}
      <textarea
        className="composer-input"
        placeholder={t("composer.placeholder")}
        aria-label={t("composer.label")}
        aria-autocomplete="list"
        aria-controls={commands.length > 0 ? menuId : undefined}
        aria-activedescendant={commands.length > 0 ? `${menuId}-${active}` : undefined}
        // Empty, it has the direction of the page, and so has the placeholder.
        dir={text === "" ? undefined : "auto"}
        // Browsers without `field-sizing` count the lines that the user began.
        rows={Math.min(MAX_ROWS, text.split("\n").length)}
        // A frame must not take the focus from the page around.
        // biome-ignore lint/a11y/noAutofocus: the page is for writing messages.
        autoFocus={!isEmbedded}
        value={text}
        onChange={({ currentTarget }) => {
          setAt(0);
          chat.draft(currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (isComposing(event.nativeEvent) || event.ctrlKey || event.metaKey || event.altKey) return;
          const isTaken = !event.shiftKey && (handleMenuKey(event.key) || handleRecall(event));
          if (!isTaken && event.key === "Escape") chat.stop();
          const isSent = !isTaken && event.key === "Enter" && !event.shiftKey;
          if (isTaken || isSent) event.preventDefault();
          if (isSent) onSend();
        }}
      />
    </>
  );
}

function questionsOf(entries: readonly Entry[]): readonly string[] {
  return listMessages(entries.flatMap((entry) => (entry.kind === "user" ? [entry.text] : [])));
}
