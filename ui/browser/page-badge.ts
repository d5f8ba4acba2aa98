/** Tells in the title of the tab and in its icon what waits for the user: an approval, or a reply that ended out of sight. */
import type { Chat } from "../chat.ts";
import type { ConversationList } from "../conversations.ts";
import { t } from "../language/language.ts";
import { undecidedCalls } from "../state/approval.ts";
import { findLiveReply } from "../state/turns.ts";
import type { ChatState } from "../state/types.ts";

export type Waiting = "approval" | "reply";

/** Keeps the title and the icon in step with the conversation. `name` is the title of the page. */
export function showBadge(chat: Chat, conversations: ConversationList, name: string): void {
  let wasLive = findLiveReply(chat.state()) !== undefined;
  let hasUnseenReply = false;
  const update = () => {
    const state = chat.state();
    const isLive = findLiveReply(state) !== undefined;
    if (wasLive && !isLive && document.hidden) hasUnseenReply = true;
    if (!document.hidden) hasUnseenReply = false;
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
  update();
}

function needsApproval(state: ChatState): boolean {
  return undecidedCalls(findLiveReply(state)?.parts ?? []).length > 0;
}

/** Returns what waits, the title of the conversation and the name of the page. */
export function formatTitle(waiting: Waiting | undefined, title: string, name: string): string {
  const texts = {
    approval: () => t("badge.approval"),
    reply: () => t("badge.reply"),
  };
  return [waiting && texts[waiting](), title, name]
    .filter((part) => part !== undefined && part !== "")
    .join(" · ");
}

const COLOURS: Readonly<Record<Waiting, string>> = { approval: "#d97706", reply: "#16a34a" };

function show(title: string, waiting: Waiting | undefined): void {
  if (document.title !== title) document.title = title;
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link === null) return;
  plainIcon ??= link.href;
  const icon = waiting === undefined ? plainIcon : withDot(plainIcon, COLOURS[waiting]);
  if (link.href !== icon) link.href = icon;
}

let plainIcon: string | undefined;

/** Adds a dot to an SVG in a data URL. Another icon stays as it is. */
function withDot(icon: string, colour: string): string {
  const dot = `<circle cx='18' cy='6' r='6' fill='${colour}' stroke='white' stroke-width='1.5'/></svg>`;
  return icon.startsWith("data:image/svg+xml,")
    ? icon.replace(/%3C\/svg%3E$/i, encodeURIComponent(dot))
    : icon;
}
