import { useSidebar } from "./browser/use-sidebar.ts";
import type { Chat } from "./chat.ts";
import { ChatProvider } from "./chat-context.tsx";
import { Announcer } from "./components/announcer.tsx";
import { Banners } from "./components/banners.tsx";
import { Composer } from "./components/composer.tsx";
import { Conversation } from "./components/conversation.tsx";
import { ConversationsPanel } from "./components/conversations-panel.tsx";
import { ExpiredBanner } from "./components/expired-banner.tsx";
import { Header } from "./components/header.tsx";
import { QueuedMessages } from "./components/queued-messages.tsx";
import { SignInDialog } from "./components/sign-in-dialog.tsx";
import type { ConversationList } from "./conversations.ts";
import { ConversationsProvider } from "./conversations-context.tsx";

export interface AppProps {
  readonly chat: Chat;
  readonly conversations: ConversationList;
  readonly title: string;
}

/** The page: list of conversations, header, current conversation, composer. */
export function App({ chat, conversations, title }: AppProps) {
  const sidebar = useSidebar();
  return (
    <ChatProvider value={chat}>
      <ConversationsProvider value={conversations}>
        <div className="shell">
          <ConversationsPanel isWide={sidebar.isWide} isShown={sidebar.isShown} onClose={sidebar.hide} />
          <div className="page">
            <Header title={title} isListShown={sidebar.isShown} onToggleList={sidebar.toggle} />
            <ExpiredBanner />
            <Banners />
            <Conversation />
            <footer className="dock">
              <QueuedMessages />
              <Composer />
              <p className="disclaimer">Answers can be wrong. Check the API calls behind them.</p>
            </footer>
            <SignInDialog />
            <Announcer />
          </div>
        </div>
      </ConversationsProvider>
    </ChatProvider>
  );
}
