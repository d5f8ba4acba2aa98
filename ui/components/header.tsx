import { docsAddress } from "../browser/address.ts";
import { useTheme } from "../browser/theme.ts";
import { useChatState } from "../chat-context.tsx";
import { LinkState } from "./connection-state.tsx";
import { ConversationsButton } from "./conversations-button.tsx";
import { Help, Mark, Moon, Plus, Sun } from "./icons.tsx";
import { ModelChoice } from "./model-choice.tsx";
import { SignInButton } from "./sign-in-button.tsx";
import { useOpenConversation } from "./use-open-conversation.ts";

interface HeaderProps {
  readonly title: string;
  readonly isListShown: boolean;
  readonly onList: () => void;
}

export function Header({ title, isListShown, onList }: HeaderProps) {
  const open = useOpenConversation();
  const [theme, turnTheme] = useTheme();
  const empty = useChatState((state) => state.entries.length === 0 && state.waiting.length === 0);
  const other = theme === "dark" ? "light" : "dark";
  return (
    <header className="header">
      <ConversationsButton isShown={isListShown} onClick={onList} />
      <h1>
        <Mark />
        <span title={title}>{title}</span>
      </h1>
      <LinkState />
      <ModelChoice />
      <SignInButton />
      <a
        className="icon-button"
        href={docsAddress()}
        target="_blank"
        rel="noreferrer"
        aria-label="Manual"
        title="Manual"
      >
        <Help />
      </a>
      <button
        type="button"
        className="icon-button"
        aria-label={`Switch to ${other}`}
        title={`Switch to ${other}`}
        onClick={turnTheme}
      >
        {theme === "dark" ? <Sun /> : <Moon />}
      </button>
      <button
        type="button"
        className="button new-conversation"
        aria-label="New conversation"
        disabled={empty}
        onClick={() => open(undefined)}
      >
        <Plus />
        <span>New conversation</span>
      </button>
    </header>
  );
}
