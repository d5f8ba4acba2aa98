import type { ConversationList } from "../conversations.ts";
import { column } from "./storage.ts";

/** Whether the server lists conversations: what the page shows before it has answered the next time. */
export function rememberColumn(conversations: ConversationList): void {
  conversations.subscribe(() => {
    const { status } = conversations.state();
    if (status === "absent") column.write("");
    else if (column.read() === undefined) column.write("shown");
  });
}
