import { useRef, useState } from "react";
import { exportAddress } from "../browser/sessions.ts";
import { useConversations } from "../conversations-context.tsx";
import type { SessionFrame } from "../protocol.ts";
import { Dots, Download, Pencil, Trash } from "./icons.tsx";
import { RenameForm } from "./rename-form.tsx";

interface ConversationItemProps {
  readonly session: SessionFrame;
  readonly state: SessionFrame["state"];
  readonly isShown: boolean;
  readonly onOpen: () => void;
  readonly onDeleted: () => void;
}

const STATES = { idle: undefined, running: "is being answered", waiting: "waits for you" } as const;

/** One conversation in the list, and what can be done with it. */
export function ConversationItem({ session, state, isShown, onOpen, onDeleted }: ConversationItemProps) {
  const conversations = useConversations();
  const [doing, setDoing] = useState<"nothing" | "choosing" | "renaming" | "deleting">("nothing");
  const [wasRenamed, setWasRenamed] = useState(false);
  const more = useRef<HTMLButtonElement>(null);
  const { session_id: id } = session;
  const title = session.title.trim() === "" ? "Untitled" : session.title;
  const renamed = () => {
    setDoing("nothing");
    setWasRenamed(true);
  };
  if (doing === "renaming")
    return (
      <li className="conversation">
        <RenameForm
          title={session.title}
          onCancel={renamed}
          onRename={async (name) => {
            if (await conversations.rename(id, name)) renamed();
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
          aria-current={isShown ? "true" : undefined}
          title={title}
          onClick={onOpen}
        >
          <span className="conversation-title">{title}</span>
          {STATES[state] !== undefined && (
            <span
              className={`conversation-state conversation-${state}`}
              role="img"
              aria-label={STATES[state]}
              title={STATES[state]}
            />
          )}
        </button>
        <button
          ref={more}
          type="button"
          className="icon-button"
          aria-label={`More about ${title}`}
          title="More"
          aria-expanded={doing !== "nothing"}
          onClick={() => setDoing(doing === "nothing" ? "choosing" : "nothing")}
        >
          <Dots />
        </button>
      </div>
      {doing === "choosing" && (
        <div className="conversation-actions">
          <button type="button" aria-label={`Rename ${title}`} onClick={() => setDoing("renaming")}>
            <Pencil />
            Rename
          </button>
          <a href={exportAddress(id, "markdown")} download aria-label={`Export ${title} as Markdown`}>
            <Download />
            Markdown
          </a>
          <a href={exportAddress(id, "json")} download aria-label={`Export ${title} as JSON`}>
            <Download />
            JSON
          </a>
          <button
            type="button"
            className="conversation-delete"
            aria-label={`Delete ${title}`}
            onClick={() => setDoing("deleting")}
          >
            <Trash />
            Delete
          </button>
        </div>
      )}
      {doing === "deleting" && (
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
              setDoing("nothing");
              more.current?.focus();
            }}
          >
            Keep
          </button>
        </fieldset>
      )}
    </li>
  );
}
