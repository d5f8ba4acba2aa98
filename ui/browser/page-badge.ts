/** Tells in the title of the tab, in its icon and on the button of `widget.js` what waits for the user: an approval, or a reply that ended out of sight. */
import type { Chat } from "../chat.ts";
import type { ConversationList } from "../conversations.ts";
import { t } from "../language/language.ts";
import { undecidedCalls } from "../state/approval.ts";
import { findLiveReply } from "../state/turns.ts";
import type { ChatState } from "../state/types.ts";
import { frame, sendWaiting } from "./frame.ts";

export type Waiting = "approval" | "reply";

/** Keeps the title and the icon in step with the conversation. `name` is the title of the page. */
export function showBadge(chat: Chat, conversations: ConversationList, name: string): void {
  let wasLive = findLiveReply(chat.state()) !== undefined;
  let hasUnseenReply = false;
  const update = () => {
    const state = chat.state();
    const isLive = findLiveReply(state) !== undefined;
    const isSeen = !document.hidden && !frame.isClosed;
    if (wasLive && !isLive && !isSeen) hasUnseenReply = true;
    if (isSeen) hasUnseenReply = false;
    wasLive = isLive;
    const { sessions } = conversations.state();
    const isElsewhere = sessions.some(
      (one) => one.state === "waiting" && one.session_id !== state.session?.id,
    );
    const waiting = needsApproval(state) || isElsewhere ? "approval" : hasUnseenReply ? "reply" : undefined;
    const title = sessions.find(({ session_id }) => session_id === state.session?.id)?.title ?? "";
    show(formatTitle(waiting, title, name), waiting);
  };
  chat.subscribe(update);
  conversations.subscribe(update);
  document.addEventListener("visibilitychange", update);
  frame.onToggle = update;
  update();
}

function needsApproval(state: ChatState): boolean {
  return undecidedCalls(findLiveReply(state)?.parts ?? []).length > 0;
}

/** Returns what waits, the title of the conversation and the name of the page. */
export function formatTitle(waiting: Waiting | undefined, title: string, name: string): string {
  return [describeWaiting(waiting), title, name]
    .filter((part) => part !== undefined && part !== "")
    .join(" · ");
}

function describeWaiting(waiting: Waiting | undefined): string {
  if (waiting === undefined) return "";
  return waiting === "approval" ? t("badge.approval") : t("badge.reply");
}

function show(title: string, waiting: Waiting | undefined): void {
  if (document.title !== title) document.title = title;
  if (waiting === shown) return;
  shown = waiting;
  sendWaiting(waiting, describeWaiting(waiting));
  void showIcon(waiting);
}

/** What the icon and the button show. */
let shown: Waiting | undefined;
let plainIcon: string | undefined;

async function showIcon(waiting: Waiting | undefined): Promise<void> {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link === null) return;
  plainIcon ??= link.href;
  try {
    const icon =
      waiting === undefined ? plainIcon : await (await import("./dotted-icon.ts")).addDot(plainIcon, waiting);
    // Meanwhile something else may wait.
    if (waiting === shown) link.href = icon;
  } catch {
    // The title says it too.
  }
}
