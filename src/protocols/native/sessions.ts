/** Encodes stored sessions for `GET {base}/sessions` and the export. Pure. */
import type { Usage } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { decodeBranchPoint } from "../../sessions/branch-session.ts";
import type { ListedSession, Session } from "../../store/types.ts";
import { encodeUsageFrame } from "./codec.ts";
import type { SessionFrame } from "./http-types.ts";
import type { HistoryMessage } from "./types.ts";

export interface SessionTotals {
  readonly usage: Usage;
  /** In USD; null when the price of a model is unknown. */
  readonly cost: number | null;
}

export function encodeSession(
  { id, title, model, createdAt, updatedAt, messageCount, label }: ListedSession,
  state: SessionFrame["state"],
  { usage, cost }: SessionTotals,
): SessionFrame {
  const branch = decodeBranchPoint(label);
  return {
    session_id: id,
    title,
    model: model ?? null,
    created_at: createdAt,
    updated_at: updatedAt,
    message_count: messageCount,
    state,
    usage: encodeUsageFrame(usage),
    cost_usd: cost,
    ...(branch && {
      branch: { session_id: branch.session, message_id: branch.message, after: branch.after },
    }),
  };
}

/** Formats a session as Markdown. Calls and results are fenced so that their content cannot end the fence. */
export function formatSessionMarkdown(
  { title, createdAt }: Pick<Session, "title" | "createdAt">,
  messages: readonly HistoryMessage[],
): string {
  const parts = messages.map(({ role, timestamp, content, tool_calls, tool_results }) => {
    const calls = tool_calls.map(({ id, name, arguments: values }) => {
      const result = tool_results.find(({ tool_call_id }) => tool_call_id === id);
      const resultText = result ? `\n\n${fenceCode(result.result)}` : "";
      return `**Call:** \`${name}\`\n\n${fenceCode(stringifyJson(values, 2), "json")}${resultText}`;
    });
    const heading = `## ${role === "user" ? "Question" : "Answer"}, ${timestamp}`;
    return [heading, content.trim(), ...calls].filter((text) => text !== "").join("\n\n");
  });
  return `${[`# ${title || "Conversation"}`, `Begun ${createdAt}`, ...parts].join("\n\n")}\n`;
}

/** Fences code with more backticks than it contains in a row: https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
function fenceCode(text: string, language = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
