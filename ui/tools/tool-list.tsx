import { useState } from "react";
import { Shield } from "../components/icons.tsx";
import { escapeInvisible } from "../escape.ts";
import { t } from "../language/language.ts";
import type { ToolFrame } from "../protocol.ts";
import { groupTools } from "./tool-groups.ts";

/** More are found by searching. */
const MAX_SHOWN = 500;

interface ToolListProps {
  readonly tools: readonly ToolFrame[];
  readonly chosen: string | undefined;
  readonly onChoose: (name: string) => void;
}

/** The tools in groups, with a search. */
export function ToolList({ tools, chosen, onChoose }: ToolListProps) {
  const [text, setText] = useState("");
  const groups = groupTools(tools, text);
  const count = groups.reduce((sum, group) => sum + group.tools.length, 0);
  let left = MAX_SHOWN;
  return (
    <nav className="tools-list" aria-label={t("tools.title")}>
      <input
        className="field"
        type="search"
        // biome-ignore lint/a11y/noAutofocus: the dialog is opened to find a tool.
        autoFocus
        aria-label={t("tools.search")}
        placeholder={t("tools.search")}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <p className="tools-count" role="status">
        {count === 0 ? t("tools.nothingFound") : t("tools.count", { count })}
      </p>
      {groups.map((group) => {
        const shown = group.tools.slice(0, left);
        left -= shown.length;
        if (shown.length === 0) return null;
        return (
          <section key={group.title}>
            <h3>{group.title || t("tools.other")}</h3>
            <ul>
              {shown.map((tool) => (
                <li key={tool.name}>
                  <ToolRow tool={tool} isChosen={tool.name === chosen} onChoose={() => onChoose(tool.name)} />
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}

function ToolRow({ tool, isChosen, onChoose }: { tool: ToolFrame; isChosen: boolean; onChoose: () => void }) {
  const { name, summary, method, path, needs_approval: needsApproval } = tool;
  return (
    <button
      type="button"
      className="tool-row"
      aria-current={isChosen ? "true" : undefined}
      onClick={onChoose}
    >
      <span className="tool-summary">{escapeInvisible(summary ?? name)}</span>
      {method !== undefined && (
        <span className="tool-path">
          <span className={`method method-${method.toLowerCase()}`}>{method.toUpperCase()}</span>{" "}
          {escapeInvisible(path ?? "")}
        </span>
      )}
      {needsApproval && (
        <span className="tool-mark" title={t("tools.asks")}>
          <Shield />
          <span className="visually-hidden">{t("tools.asks")}</span>
        </span>
      )}
    </button>
  );
}
