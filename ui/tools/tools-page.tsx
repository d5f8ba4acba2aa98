import { useEffect, useState } from "react";
import { addStyle } from "../browser/add-style.ts";
import { fetchTools } from "../browser/tools-client.ts";
import { OverlayDialog } from "../commands/overlay-dialog.tsx";
import { OverlayHeader } from "../commands/overlay-header.tsx";
import { t } from "../language/language.ts";
import type { ToolFrame } from "../protocol.ts";
import toolsStyles from "../styles/tools.css" with { type: "text" };
import { ToolDetail } from "./tool-detail.tsx";
import { ToolList } from "./tool-list.tsx";

addStyle(toolsStyles);

/** What the assistant can do for this user: the tools, what they need, and the requests that they would send. */
export default function ToolsPage() {
  const tools = useTools();
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const tool = Array.isArray(tools) ? tools.find(({ name }) => name === chosen) : undefined;
  return (
    <OverlayDialog label={t("tools.title")} className="tools-page">
      <OverlayHeader title={t("tools.title")} />
      {tools === "loading" && <p className="tools-note">{t("loading")}</p>}
      {tools === "failed" && (
        <p className="tools-note" role="alert">
          {t("tools.failed")}
        </p>
      )}
      {Array.isArray(tools) && (
        <div className={tool === undefined ? "tools-panes" : "tools-panes tools-chosen"}>
          <ToolList tools={tools} chosen={chosen} onChoose={setChosen} />
          {tool === undefined ? (
            <p className="tools-note tools-empty">{t("tools.choose")}</p>
          ) : (
            <ToolDetail key={tool.name} tool={tool} onBack={() => setChosen(undefined)} />
          )}
        </div>
      )}
    </OverlayDialog>
  );
}

function useTools(): readonly ToolFrame[] | "loading" | "failed" {
  const [tools, setTools] = useState<readonly ToolFrame[] | "loading" | "failed">("loading");
  useEffect(() => {
    let isCurrent = true;
    const show = (found: typeof tools) => {
      if (isCurrent) setTools(found);
    };
    fetchTools().then(show, () => show("failed"));
    return () => {
      isCurrent = false;
    };
  }, []);
  return tools;
}
