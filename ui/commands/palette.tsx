import { type KeyboardEvent, useId, useState } from "react";
import { useOpenConversation } from "../components/use-open-conversation.ts";
import { useConversationsState } from "../conversations-context.tsx";
import { t } from "../language/language.ts";
import { CommandList } from "./command-list.tsx";
import { type Command, filterCommands } from "./commands.ts";
import { isComposing } from "./input-method.ts";
import { openOverlay } from "./overlay.ts";
import { OverlayDialog } from "./overlay-dialog.tsx";
import { useCommands } from "./use-commands.ts";

const MAX_SHOWN = 50;

/** The command palette: a field that filters commands and conversations, and the list below it. */
export function Palette() {
  const listId = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const shown = filterCommands([...useCommands(), ...useConversationCommands()], text).slice(0, MAX_SHOWN);
  const active = Math.min(at, shown.length - 1);

  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    openOverlay(undefined);
    // The dialog is gone then, and has given the focus back.
    setTimeout(command.run);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === "Enter") run(shown[active]);
    else if (event.key === "ArrowDown") setAt((active + 1) % Math.max(1, shown.length));
    else if (event.key === "ArrowUp") setAt((active - 1 + shown.length) % Math.max(1, shown.length));
    else return;
    event.preventDefault();
  };
  return (
    <OverlayDialog label={t("palette.title")} className="palette">
      <input
        className="palette-input"
        type="text"
        role="combobox"
        aria-label={t("palette.placeholder")}
        placeholder={t("palette.placeholder")}
        aria-expanded
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={shown.length > 0 ? `${listId}-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        // biome-ignore lint/a11y/noAutofocus: the palette is opened to write into it.
        autoFocus
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <CommandList id={listId} commands={shown} active={active} onRun={run} onPoint={setAt} />
      {shown.length === 0 && <p className="palette-empty">{t("palette.nothingFound")}</p>}
      <p className="visually-hidden" role="status">
        {shown.length === 0 ? t("palette.nothingFound") : ""}
      </p>
    </OverlayDialog>
  );
}

function useConversationCommands(): readonly Command[] {
  const open = useOpenConversation();
  const sessions = useConversationsState((state) => state.sessions);
  return sessions.map(({ session_id: session, title }) => ({
    name: undefined,
    title: t("command.open", { title: title || t("list.untitled") }),
    run: () => open(session),
  }));
}
