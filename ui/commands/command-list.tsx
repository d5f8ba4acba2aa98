import { useEffect, useRef } from "react";
import { t } from "../language/language.ts";
import type { Command } from "./commands.ts";

interface CommandListProps {
  /** An option has this id and its place. */
  readonly id: string;
  readonly className?: string;
  readonly commands: readonly Command[];
  /** The place of the option that Enter runs. */
  readonly active: number;
  readonly onRun: (command: Command) => void;
  readonly onPoint?: (at: number) => void;
}

/** The options of a text field, which keeps the focus and handles the keys. */
export function CommandList({ id, className = "", commands, active, onRun, onPoint }: CommandListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div
      className={`command-list ${className}`}
      role="listbox"
      id={id}
      aria-label={t("palette.results")}
      ref={list}
    >
      {commands.map((command, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the text field has the focus and the keys.
        <div
          key={`${command.name} ${command.title} ${index}`}
          id={`${id}-${index}`}
          className="command"
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          // The field would lose the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onRun(command)}
          onMouseMove={() => onPoint?.(index)}
        >
          <span>{command.title}</span>
          {command.name !== undefined && <code>/{command.name}</code>}
        </div>
      ))}
    </div>
  );
}
