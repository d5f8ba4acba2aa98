import type { ReactNode } from "react";
import { hasWidget } from "../browser/frame.ts";
import type { Theme } from "../browser/theme.ts";
import { useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { OverviewButton } from "../overview/overview-button.tsx";
import { BrandLogo } from "./brand-logo.tsx";
import { CloseFrameButton } from "./close-frame-button.tsx";
import { ConnectionStatus } from "./connection-status.tsx";
import { ConversationsButton } from "./conversations-button.tsx";
import { HeaderMenu } from "./header-menu.tsx";
import { Plus } from "./icons.tsx";
import { SignInButton } from "./sign-in-button.tsx";
import { useOpenConversation } from "./use-open-conversation.ts";

interface HeaderProps {
  readonly title: string;
  /** The menu of the user who is signed in. */
  readonly account: ReactNode;
  readonly theme: Theme;
  readonly onToggleTheme: () => void;
  readonly isListShown: boolean;
  readonly onToggleList: () => void;
}

/** The header of the page: title, connection, model, and the buttons of the page. */
export function Header({ title, account, theme, onToggleTheme, isListShown, onToggleList }: HeaderProps) {
  const open = useOpenConversation();
  const isEmpty = useChatState((state) => state.entries.length === 0 && state.queue.length === 0);
  return (
    <header className="header">
      <ConversationsButton isShown={isListShown} onClick={onToggleList} />
      <h1>
        <BrandLogo />
        <span title={title} dir="auto">
          {title}
        </span>
      </h1>
      <ConnectionStatus />
      <SignInButton />
      <OverviewButton />
      {account}
      <HeaderMenu theme={theme} onToggleTheme={onToggleTheme} />
      <button
        type="button"
        className="button new-conversation"
        aria-label={t("header.newConversation")}
        disabled={isEmpty}
        onClick={() => open(undefined)}
      >
        <Plus />
        <span>{t("header.newConversation")}</span>
      </button>
      {hasWidget && <CloseFrameButton />}
    </header>
  );
}
