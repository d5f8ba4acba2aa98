import type { ReactNode } from "react";
import { brand } from "./browser/brand.ts";
import { focusComposer } from "./browser/focus.ts";
import { useTheme } from "./browser/theme.ts";
import { useSidebar } from "./browser/use-sidebar.ts";
import type { Chat } from "./chat.ts";
import { ChatProvider } from "./chat-context.tsx";
import { Overlays } from "./commands/overlays.tsx";
import { PageActionsProvider } from "./commands/use-commands.ts";
import { Announcer } from "./components/announcer.tsx";
import { Banners } from "./components/banners.tsx";
import { Composer } from "./components/composer.tsx";
import { Conversation } from "./components/conversation.tsx";
import { ConversationsPanel } from "./components/conversations-panel.tsx";
import { Header } from "./components/header.tsx";
import { LanguageSelect } from "./components/language-select.tsx";
import { QueuedMessages } from "./components/queued-messages.tsx";
import { SignInDialog } from "./components/sign-in-dialog.tsx";
import type { ConversationList } from "./conversations.ts";
import { ConversationsProvider } from "./conversations-context.tsx";
import { t } from "./language/language.ts";

export interface AppProps {
  readonly chat: Chat;
  readonly conversations: ConversationList;
  readonly title: string;
  /** The menu of the user who is signed in. */
  readonly account?: ReactNode;
  /** Asks the user to sign in again. */
  readonly banner?: ReactNode;
}

/** The page: list of conversations, header, current conversation, composer. */
export function App({ chat, conversations, title, account, banner }: AppProps) {
  const sidebar = useSidebar();
  const [theme, toggleTheme] = useTheme();
  return (
    <ChatProvider value={chat}>
      <ConversationsProvider value={conversations}>
        <PageActionsProvider value={{ toggleTheme, toggleList: sidebar.toggle }}>
          <button type="button" className="button skip-link" onClick={focusComposer}>
            {t("skip.toComposer")}
          </button>
          <div className="shell">
            <ConversationsPanel isWide={sidebar.isWide} isShown={sidebar.isShown} onClose={sidebar.hide} />
            <div className="page">
              <Header
                title={title}
                account={account}
                theme={theme}
                onToggleTheme={toggleTheme}
                isListShown={sidebar.isShown}
                onToggleList={sidebar.toggle}
              />
              {banner}
              <Banners />
              <Conversation />
              <footer className="dock">
                <QueuedMessages />
                <Composer />
                <div className="page-footer">
                  <p className="disclaimer">{brand.disclaimer ?? t("composer.disclaimer")}</p>
                  <LanguageSelect />
                </div>
              </footer>
              <SignInDialog />
              <Overlays />
              <Announcer />
            </div>
          </div>
        </PageActionsProvider>
      </ConversationsProvider>
    </ChatProvider>
  );
}
