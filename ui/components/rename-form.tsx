import type { FormEvent } from "react";
import { t } from "../language/language.ts";
import { Check, Cross } from "./icons.tsx";

interface RenameFormProps {
  readonly title: string;
  readonly onRename: (title: string) => void;
  readonly onCancel: () => void;
}

/** A form that renames a conversation. Escape cancels it. */
export function RenameForm({ title, onRename, onCancel }: RenameFormProps) {
  const handleSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("title") ?? "").trim();
    if (name === "" || name === title) onCancel();
    else onRename(name);
  };
  return (
    <form
      className="rename"
      aria-label={t("list.renameTitle", { title })}
      onSubmit={handleSubmit}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        // Escape would also close the drawer.
        event.preventDefault();
        event.stopPropagation();
        onCancel();
      }}
    >
      <input
        name="title"
        className="field"
        aria-label={t("list.name")}
        defaultValue={title}
        maxLength={200}
        autoComplete="off"
        ref={selectInput}
      />
      <button type="submit" className="icon-button" aria-label={t("save")} title={t("save")}>
        <Check />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={t("cancel")}
        title={t("cancel")}
        onClick={onCancel}
      >
        <Cross />
      </button>
    </form>
  );
}

function selectInput(input: HTMLInputElement | null): void {
  input?.focus();
  input?.select();
}
