import { useRef, useState } from "react";
import { useConversations } from "../conversations-context.tsx";
import { t } from "../language/language.ts";
import type { SessionFrame } from "../protocol.ts";
import { ConversationActions } from "./conversation-actions.tsx";
import { ConversationLink } from "./conversation-link.tsx";
import { DeleteConversation } from "./delete-conversation.tsx";
import { Dots } from "./icons.tsx";
import { RenameForm } from "./rename-form.tsx";

interface ConversationItemProps {
  readonly session: SessionFrame;
  readonly state: SessionFrame["state"];
  readonly isCurrent: boolean;
  readonly onOpen: () => void;
  readonly onDeleted: () => void;
}

/** One conversation in the list: opens it, and offers to rename, export or delete it. */
export function ConversationItem({ session, state, isCurrent, onOpen, onDeleted }: ConversationItemProps) {
  const conversations = useConversations();
  const [mode, setMode] = useState<"closed" | "menu" | "renaming" | "deleting">("closed");
  const [wasRenaming, setWasRenaming] = useState(false);
  const menuButton = useRef<HTMLButtonElement>(null);
  const { session_id: id } = session;
  const title = session.title.trim() === "" ? t("list.untitled") : session.title;
  const finishRename = () => {
    setMode("closed");
    setWasRenaming(true);
  };
  if (mode === "renaming")
    return (
      <li className="conversation">
        <RenameForm
          title={session.title}
          onCancel={finishRename}
          onRename={async (name) => {
            if (await conversations.rename(id, name)) finishRename();
          }}
        />
      </li>
    );
  return (
    <li className="conversation">
      <div className="conversation-line">
        <ConversationLink
          id={id}
          title={title}
          state={state}
          isCurrent={isCurrent}
          takesFocus={wasRenaming}
          onOpen={onOpen}
        />
        <button
          ref={menuButton}
          type="button"
          className="icon-button"
          aria-label={t("list.actionsFor", { title })}
          title={t("list.actions")}
          aria-expanded={mode !== "closed"}
          onClick={() => setMode(mode === "closed" ? "menu" : "closed")}
        >
          <Dots />
        </button>
      </div>
      {mode === "menu" && (
        <ConversationActions
          id={id}
          title={title}
          onRename={() => setMode("renaming")}
          onDelete={() => setMode("deleting")}
        />
      )}
      {mode === "deleting" && (
        <DeleteConversation
          title={title}
          onConfirm={async () => {
            if (await conversations.delete(id)) onDeleted();
          }}
          onCancel={() => {
            setMode("closed");
            menuButton.current?.focus();
          }}
        />
      )}
    </li>
  );
}
