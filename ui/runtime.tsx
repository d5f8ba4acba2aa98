import {
  AssistantRuntimeProvider,
  type ThreadMessageLike,
  useExternalStoreRuntime,
} from "@assistant-ui/react";
import type { ReactNode } from "react";
import { useChat, useChatState } from "./chat-context.tsx";
import { textOf } from "./state/reply.ts";
import { findLiveReply } from "./state/turns.ts";
import type { Entry, Reply } from "./state/types.ts";

/** Provides the chat's state to assistant-ui's primitives, which manage the composer's text and the scrolling. */
export function Runtime({ children }: { children: ReactNode }) {
  const chat = useChat();
  const messages = useChatState((state) => state.entries);
  const isRunning = useChatState((state) => findLiveReply(state) !== undefined);
  const runtime = useExternalStoreRuntime<Entry>({
    messages,
    isRunning,
    convertMessage,
    onNew: async ({ content }) => {
      chat.send(content.map((part) => (part.type === "text" ? part.text : "")).join(""));
    },
    onCancel: async () => chat.stop(),
  });
  return <AssistantRuntimeProvider runtime={runtime}>{children}</AssistantRuntimeProvider>;
}

/** Converts the text only: calls, failures and usage are rendered from the entry (components/message.tsx). */
function convertMessage(entry: Entry): ThreadMessageLike {
  switch (entry.kind) {
    case "user":
      return { id: entry.id, role: "user", content: entry.text };
    case "divider":
      return { id: entry.id, role: "system", content: entry.text };
    case "reply":
      return {
        id: entry.id,
        role: "assistant",
        content: textOf(entry),
        status: toMessageStatus(entry.status),
      };
  }
}

function toMessageStatus(status: Reply["status"]): ThreadMessageLike["status"] {
  if (status === "done") return { type: "complete", reason: "stop" };
  if (status === "failed") return { type: "incomplete", reason: "error" };
  return { type: "running" };
}
