import { useChat, useChatState } from "../chat-context.tsx";
import { useConversations } from "../conversations-context.tsx";
import type { Feedback, Reply } from "../state/types.ts";

/** Returns a function that shows a rating at once, and the earlier one again if the server did not store it. */
export function useRate(reply: Reply, messageId: string) {
  const chat = useChat();
  const conversations = useConversations();
  const session = useChatState((state) => state.session?.id);
  return async (feedback: Feedback | undefined): Promise<boolean> => {
    if (session === undefined) return false;
    const earlier = reply.feedback;
    chat.rate(reply.id, feedback);
    const isStored = await conversations.rate(session, messageId, feedback);
    if (!isStored) chat.rate(reply.id, earlier);
    return isStored;
  };
}
