import { focusComposer } from "../browser/focus.ts";
import { useTheme } from "../browser/theme.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { Mark, Moon, Plus, Sun } from "./icons.tsx";
import { LinkState } from "./link-state.tsx";
import { ModelChoice } from "./model-choice.tsx";
import { SignInButton } from "./sign-in-button.tsx";

export function Header({ title }: { title: string }) {
  const chat = useChat();
  const [theme, turnTheme] = useTheme();
  const empty = useChatState((state) => state.entries.length === 0 && state.waiting.length === 0);
  const other = theme === "dark" ? "light" : "dark";
  return (
    <header className="header">
      <h1>
        <Mark />
        <span title={title}>{title}</span>
      </h1>
      <LinkState />
      <ModelChoice />
      <SignInButton />
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
        onClick={() => {
          chat.open(undefined);
          focusComposer();
        }}
      >
        <Plus />
        <span>New conversation</span>
      </button>
    </header>
  );
}
