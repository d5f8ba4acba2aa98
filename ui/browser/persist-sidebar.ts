import type { ConversationList } from "../conversations.ts";
import { sidebarItem } from "./storage.ts";

/** Stores whether the server lists conversations, so that the next load can reserve the space for the list. */
export function persistSidebar(conversations: ConversationList): void {
  conversations.subscribe(() => {
    const { status } = conversations.state();
    if (status === "absent") sidebarItem.write("");
    else if (sidebarItem.read() === undefined) sidebarItem.write("shown");
  });
}
