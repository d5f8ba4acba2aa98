import { ThreadPrimitive } from "@assistant-ui/react";
import { useSidebar } from "./browser/sidebar.ts";
import type { Chat } from "./chat.ts";
import { ChatProvider } from "./chat-context.tsx";
import { Announcer } from "./components/announcer.tsx";
import { Banners } from "./components/banners.tsx";
import { Composer } from "./components/composer.tsx";
import { ConversationsPanel } from "./components/conversations-panel.tsx";
import { EmptyConversation } from "./components/empty-state.tsx";
import { Header } from "./components/header.tsx";
import { ArrowDown } from "./components/icons.tsx";
import { Message } from "./components/message.tsx";
import { ScrollToSentMessage } from "./components/scroll-to-own-message.tsx";
import { SignInDialog } from "./components/sign-in-dialog.tsx";
import { QueuedMessages } from "./components/unsent-messages.tsx";
import type { ConversationList } from "./conversations.ts";
import { ConversationsProvider } from "./conversations-context.tsx";
import { Runtime } from "./runtime.tsx";

interface AppProps {
  readonly chat: Chat;
  readonly conversations: ConversationList;
  readonly title: string;
}

/** The page: conversations, header, the one that is shown, composer. */
export function App({ chat, conversations, title }: AppProps) {
  const sidebar = useSidebar();
  return (
    <ChatProvider value={chat}>
      <ConversationsProvider value={conversations}>
        <Runtime>
          <div className="shell">
            <ConversationsPanel isWide={sidebar.isWide} isShown={sidebar.isShown} onClose={sidebar.hide} />
            <ThreadPrimitive.Root className="page">
              <Header title={title} isListShown={sidebar.isShown} onToggleList={sidebar.turn} />
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
                  className="round-button round-button-quiet to-bottom"
                  aria-label="To the newest"
                  title="To the newest"
                >
                  <ArrowDown />
                </ThreadPrimitive.ScrollToBottom>
                <QueuedMessages />
                <Composer />
                <p className="hint">
                  Answers come from a model and can be wrong: the calls show what they rest on.
                </p>
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

/** One function for all renderings: a new one would render every message again. */
const renderMessage = () => <Message />;
