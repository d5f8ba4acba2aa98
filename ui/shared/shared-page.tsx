import { useEffect, useState } from "react";
import { type Chat, createChat } from "../chat.ts";
import { ChatProvider } from "../chat-context.tsx";
import { BrandLogo } from "../components/brand-logo.tsx";
import { Conversation } from "../components/conversation.tsx";
import { Warning } from "../components/icons.tsx";
import type { Connection, ConnectionListener } from "../connection.ts";
import { createConversationList } from "../conversations.ts";
import { ConversationsProvider } from "../conversations-context.tsx";
import { formatTime } from "../format.ts";
import { t } from "../language/language.ts";
import type { SharedSessionFrame } from "../protocol.ts";
import { fetchShared } from "./fetch-shared.ts";

type State =
  | { readonly status: "loading" | "missing" | "failed" }
  | { readonly status: "ready"; readonly shared: SharedSessionFrame; readonly chat: Chat };

/** A shared conversation, as it was when it was shared. It can only be read. */
export default function SharedPage({ id, title }: { id: string; title: string }) {
  const [state, setState] = useState<State>({ status: "loading" });
  useEffect(() => {
    fetchShared(id).then(
      (shared) => {
        if (shared === undefined) return setState({ status: "missing" });
        document.title = [shared.title, title].filter((part) => part !== "").join(" · ");
        setState({ status: "ready", shared, chat: createReadOnlyChat(id, shared) });
      },
      () => setState({ status: "failed" }),
    );
  }, [id, title]);
  if (state.status === "loading") return <p className="loading shimmer">{t("conversation.loading")}</p>;
  if (state.status !== "ready")
    return (
      <main className="missing missing-page" role="alert">
        <Warning />
        <h2>{t(state.status === "missing" ? "share.missing" : "share.unreadable")}</h2>
      </main>
    );
  const { shared, chat } = state;
  const date = formatTime(shared.created_at);
  return (
    <ChatProvider value={chat}>
      <ConversationsProvider value={NO_CONVERSATIONS}>
        <div className="page">
          <header className="header">
            <h1>
              <BrandLogo />
              <span>{shared.title || title}</span>
            </h1>
          </header>
          <p className="banner">{t("share.reading", { date })}</p>
          <Conversation />
        </div>
      </ConversationsProvider>
    </ChatProvider>
  );
}

const NO_CONVERSATIONS = createConversationList({
  list: async () => undefined,
  rename: refuse,
  delete: refuse,
  branch: refuse,
  rate: refuse,
});

function refuse(): Promise<never> {
  return Promise.reject(new Error("A shared conversation can only be read."));
}

const NO_CONNECTION: Connection = {
  send: () => false,
  reconnect() {},
  renew() {},
  retry() {},
  suspend() {},
  close() {},
};

/** Creates a chat that shows the messages and is connected to nothing. */
function createReadOnlyChat(id: string, { messages }: SharedSessionFrame): Chat {
  let listener: ConnectionListener | undefined;
  const chat = createChat({
    connect(given) {
      listener = given;
      return NO_CONNECTION;
    },
    schedule: (flush) => flush(),
    session: id,
    isReadOnly: true,
  });
  listener?.onFrame({ type: "snapshot", seq: 0, messages, partial: "", approvals: [] });
  listener?.onLink("offline");
  return chat;
}
