import type { ConversationList } from "../conversations.ts";
import { sidebarItem } from "./storage.ts";

/** Whether the server lists conversations: what the page shows before it has answered the next time. */
export function persistSidebar(conversations: ConversationList): void {
  conversations.subscribe(() => {
    const { status } = conversations.state();
    if (status === "absent") sidebarItem.write("");
    else if (sidebarItem.read() === undefined) sidebarItem.write("shown");
  });
}
