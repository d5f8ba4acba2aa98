import { createContext, useContext } from "react";
import { resolveDocsUrl } from "../browser/address.ts";
import { openSignIn } from "../browser/sign-in-dialog.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { useOpenConversation } from "../components/use-open-conversation.ts";
import { t } from "../language/language.ts";
import { findLiveReply } from "../state/turns.ts";
import type { Command } from "./commands.ts";
import { openOverlay } from "./overlay.ts";

/** What commands do that the frame of the page knows. */
export interface PageActions {
  readonly toggleTheme: () => void;
  readonly toggleList: () => void;
}

const PageActionsContext = createContext<PageActions>({ toggleTheme() {}, toggleList() {} });
export const PageActionsProvider = PageActionsContext.Provider;

/** Returns the commands that make sense now. */
export function useCommands(): readonly Command[] {
  const chat = useChat();
  const open = useOpenConversation();
  const { toggleTheme, toggleList } = useContext(PageActionsContext);
  const isEmpty = useChatState((state) => state.entries.length === 0 && state.queue.length === 0);
  const isLive = useChatState((state) => findLiveReply(state) !== undefined);
  const { models, signIn } = useChatState((state) => state.assistant);
  const command = (name: string, title: string, run: () => void) => ({ name, title, run });
  return [
    ...(isLive ? [command("stop", t("command.stop"), chat.stop)] : []),
    ...(isEmpty ? [] : [command("new", t("command.new"), () => open(undefined))]),
    command("tools", t("command.tools"), () => openOverlay("tools")),
    command("attach", t("command.attach"), clickAttach),
    ...(signIn.length > 0 ? [command("signin", t("command.signIn"), openSignIn)] : []),
    ...(models.length < 2 ? [] : models).map((model) => ({
      name: undefined,
      title: t("command.model", { model }),
      run: () => chat.chooseModel(model),
    })),
    command("theme", t("command.theme"), toggleTheme),
    command("conversations", t("command.conversations"), toggleList),
    ...(isEmpty ? [] : [command("print", t("command.print"), () => window.print())]),
    command("manual", t("command.manual"), () => void window.open(resolveDocsUrl(), "_blank", "noopener")),
    command("shortcuts", t("command.shortcuts"), () => openOverlay("shortcuts")),
  ];
}

function clickAttach(): void {
  document.querySelector<HTMLElement>(".attach-button")?.click();
}
