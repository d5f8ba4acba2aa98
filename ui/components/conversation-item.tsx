import { useRef, useState } from "react";
import { resolveExportUrl } from "../browser/sessions.ts";
import { useConversations } from "../conversations-context.tsx";
import type { SessionFrame } from "../protocol.ts";
import { Dots, Download, Pencil, Trash } from "./icons.tsx";
import { RenameForm } from "./rename-form.tsx";

interface ConversationItemProps {
  readonly session: SessionFrame;
  readonly state: SessionFrame["state"];
  readonly isCurrent: boolean;
  readonly onOpen: () => void;
  readonly onDeleted: () => void;
}

const STATE_LABELS = { idle: undefined, running: "is being answered", waiting: "waits for you" } as const;

/** One conversation in the list, and what can be done with it. */
export function ConversationItem({ session, state, isCurrent, onOpen, onDeleted }: ConversationItemProps) {
  const conversations = useConversations();
  const [mode, setMode] = useState<"nothing" | "choosing" | "renaming" | "deleting">("nothing");
  const [wasRenamed, setWasRenamed] = useState(false);
  const menuButton = useRef<HTMLButtonElement>(null);
  const { session_id: id } = session;
  const title = session.title.trim() === "" ? "Untitled" : session.title;
  const finishRename = () => {
    setMode("nothing");
    setWasRenamed(true);
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
        <button
          type="button"
          className="conversation-open"
          // biome-ignore lint/a11y/noAutofocus: back from the field that stood in its place.
          autoFocus={wasRenamed}
          aria-current={isCurrent ? "true" : undefined}
          title={title}
          onClick={onOpen}
        >
          <span className="conversation-title">{title}</span>
          {STATE_LABELS[state] !== undefined && (
            <span
              className={`conversation-state conversation-${state}`}
              role="img"
              aria-label={STATE_LABELS[state]}
              title={STATE_LABELS[state]}
            />
          )}
        </button>
        <button
          ref={menuButton}
          type="button"
          className="icon-button"
          aria-label={`More about ${title}`}
          title="More"
          aria-expanded={mode !== "nothing"}
          onClick={() => setMode(mode === "nothing" ? "choosing" : "nothing")}
        >
          <Dots />
        </button>
      </div>
      {mode === "choosing" && (
        <div className="conversation-actions">
          <button type="button" aria-label={`Rename ${title}`} onClick={() => setMode("renaming")}>
            <Pencil />
            Rename
          </button>
          <a href={resolveExportUrl(id, "markdown")} download aria-label={`Export ${title} as Markdown`}>
            <Download />
            Markdown
          </a>
          <a href={resolveExportUrl(id, "json")} download aria-label={`Export ${title} as JSON`}>
            <Download />
            JSON
          </a>
          <button
            type="button"
            className="conversation-delete"
            aria-label={`Delete ${title}`}
            onClick={() => setMode("deleting")}
          >
            <Trash />
            Delete
          </button>
        </div>
      )}
      {mode === "deleting" && (
        <fieldset className="conversation-confirm" aria-label={`Delete ${title}?`}>
          <p>Delete it for good?</p>
          <button
            type="button"
            className="button button-danger"
            onClick={async () => {
              if (await conversations.delete(id)) onDeleted();
            }}
          >
            Delete
          </button>
          <button
            type="button"
            className="button"
            // biome-ignore lint/a11y/noAutofocus: the button that was used is gone, and this one does no harm.
            autoFocus
            onClick={() => {
              setMode("nothing");
              menuButton.current?.focus();
            }}
          >
            Keep
          </button>
        </fieldset>
      )}
    </li>
  );
}
