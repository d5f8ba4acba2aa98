import { ThreadPrimitive } from "@assistant-ui/react";
import { useSidebar } from "./browser/use-sidebar.ts";
import type { Chat } from "./chat.ts";
import { ChatProvider } from "./chat-context.tsx";
import { Announcer } from "./components/announcer.tsx";
import { Banners } from "./components/banners.tsx";
import { Composer } from "./components/composer.tsx";
import { ConversationsPanel } from "./components/conversations-panel.tsx";
import { EmptyConversation } from "./components/empty-conversation.tsx";
import { Header } from "./components/header.tsx";
import { ArrowDown } from "./components/icons.tsx";
import { Message } from "./components/message.tsx";
import { QueuedMessages } from "./components/queued-messages.tsx";
import { ScrollToSentMessage } from "./components/scroll-to-sent-message.tsx";
import { SignInDialog } from "./components/sign-in-dialog.tsx";
import type { ConversationList } from "./conversations.ts";
import { ConversationsProvider } from "./conversations-context.tsx";
import { Runtime } from "./runtime.tsx";

interface AppProps {
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
        <Runtime>
          <div className="shell">
            <ConversationsPanel isWide={sidebar.isWide} isShown={sidebar.isShown} onClose={sidebar.hide} />
            <ThreadPrimitive.Root className="page">
              <Header title={title} isListShown={sidebar.isShown} onToggleList={sidebar.toggle} />
              <Banners />
              <ThreadPrimitive.Viewport className="viewport" scrollToBottomOnRunStart={false}>
                <ScrollToSentMessage />
                <main className="conversation-main" aria-label="Conversation">
                  <ThreadPrimitive.Empty>
                    <EmptyConversation />
                  </ThreadPrimitive.Empty>
                  <ThreadPrimitive.Messages>{renderMessage}</ThreadPrimitive.Messages>
                </main>
              </ThreadPrimitive.Viewport>
              <footer className="dock">
                <ThreadPrimitive.ScrollToBottom
                  className="round-button round-button-secondary scroll-to-bottom"
                  aria-label="Scroll to latest"
                  title="Scroll to latest"
                >
                  <ArrowDown />
                </ThreadPrimitive.ScrollToBottom>
                <QueuedMessages />
                <Composer />
                <p className="disclaimer">Answers can be wrong. Check the API calls behind them.</p>
              </footer>
              <SignInDialog />
              <Announcer />
            </ThreadPrimitive.Root>
          </div>
        </Runtime>
      </ConversationsProvider>
    </ChatProvider>
  );
}

/** A constant function: a new one for each rendering would render every message again. */
const renderMessage = () => <Message />;
