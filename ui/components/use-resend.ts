import { focusComposer } from "../browser/focus.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { useConversations } from "../conversations-context.tsx";
import type { UserMessage } from "../state/types.ts";

interface Resending {
  readonly text: string;
  /** The model for this and the next messages. */
  readonly model?: string;
}

/**
 * Returns a function that sends a message again, in a copy of the conversation up to it. It resolves to false if there is no copy.
 * Undefined for a message that the server has not started, or whose files only the server has.
 */
export function useResend(message: UserMessage | undefined) {
  const chat = useChat();
  const conversations = useConversations();
  const session = useChatState((state) => state.session?.id);
  const isOpen = useChatState((state) => state.link === "open");
  const { messageId, files, attachments } = message ?? {};
  if (!isOpen || session === undefined || messageId === undefined || files !== undefined) return undefined;
  return async ({ text, model }: Resending): Promise<boolean> => {
    const branch = await conversations.branch(session, messageId);
    if (branch === undefined) return false;
    chat.openSession(branch);
    if (model !== undefined) chat.chooseModel(model);
    chat.send(text, attachments);
    focusComposer();
    return true;
  };
}
