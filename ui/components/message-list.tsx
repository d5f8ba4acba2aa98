import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { useIsPrinting } from "../browser/use-is-printing.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { type DatedEntry, dayAt, markDays } from "../state/days.ts";
import { DayMark } from "./day-mark.tsx";
import { Message } from "./message.tsx";
import { OlderMessages } from "./older-messages.tsx";
import { useSoughtMessage } from "./use-sought-message.ts";

/** Pixels above and below the visible part that are rendered too. */
const BUFFER = 1_000;

/** Pixels from the beginning at which older messages are requested. */
const NEAR_BEGINNING = 2_000;

/** Pixels of the line above the first entry of a conversation that was opened without its beginning. */
const OLDER_HEIGHT = 48;

/** Pixels of a mark of a day, as in conversation.css. */
const MARK_HEIGHT = 45;

interface MessageListProps {
  readonly viewport: RefObject<HTMLElement | null>;
  /** The id of the entry that has the focus. */
  readonly focusedId: string | undefined;
  /** Called before the list scrolls to a message: the end is no longer followed. */
  readonly onJump: () => void;
}

/** The messages of the conversation. Only those near the visible part are in the document, except for printing. */
export function MessageList({ viewport, focusedId, onJump }: MessageListProps) {
  const chat = useChat();
  const entries = useChatState((state) => state.entries);
  const older = useChatState((state) => state.older);
  const list = useRef<VirtualizerHandle>(null);
  const lastOffset = useRef(0);
  const [topDay, setTopDay] = useState<string | undefined>(undefined);
  const isPrinting = useIsPrinting();
  const items = useMemo(() => markDays(entries, older.lastAt), [entries, older.lastAt]);
  const isPrepended = usePrepended(items);
  useSoughtMessage(list, onJump);

  const startMargin = older.wasCut ? OLDER_HEIGHT : 0;
  const handleScroll = (offset: number) => {
    // At first the list moves down, to its end.
    if (offset < NEAR_BEGINNING && offset < lastOffset.current) chat.loadOlder();
    lastOffset.current = offset;
    setTopDay(offset > startMargin ? findHiddenDay(offset - startMargin) : undefined);
  };
  /** Returns the day of what is at an offset, unless its mark is still visible, or is the only one. */
  const findHiddenDay = (offset: number) => {
    const first = list.current?.findItemIndex(offset) ?? 0;
    const isMarkVisible =
      items[first]?.day !== undefined && offset - (list.current?.getItemOffset(first) ?? 0) < MARK_HEIGHT;
    const isOnlyDay = !older.wasCut && items.filter(({ day }) => day !== undefined).length < 2;
    return isMarkVisible || isOnlyDay ? undefined : dayAt(items, first, older.lastAt);
  };
  // A page may be shorter than the distance at which the next one is requested.
  useEffect(() => {
    if (older.wasCut && !older.isLoading && list.current && isNear(list.current)) chat.loadOlder();
  }, [older, chat]);

  // The entry with the focus, and the newest one, stay in the document when they are not visible.
  const focusedAt = focusedId === undefined ? -1 : entries.findIndex(({ id }) => id === focusedId);
  const kept = [...(focusedAt < 0 ? [] : [focusedAt]), ...(entries.length > 0 ? [entries.length - 1] : [])];
  return (
    <div>
      {topDay !== undefined && !isPrinting && <DayMark day={topDay} isSticky />}
      {older.wasCut && <OlderMessages />}
      {isPrinting ? (
        items.map(renderItem)
      ) : (
        <Virtualizer
          ref={list}
          data={items}
          scrollRef={viewport}
          bufferSize={BUFFER}
          keepMounted={kept}
          shift={isPrepended}
          startMargin={startMargin}
          onScroll={handleScroll}
        >
          {renderItem}
        </Virtualizer>
      )}
    </div>
  );
}

/** A constant function: a new one for each rendering would render every message again. */
const renderItem = ({ entry, day }: DatedEntry) => <Message key={entry.id} entry={entry} day={day} />;

/** Returns whether entries were added before the first one: the list keeps its place from its end then. */
function usePrepended(items: readonly DatedEntry[]): boolean {
  const first = items[0]?.entry.id;
  const before = useRef<string>(undefined);
  const isPrepended =
    before.current !== undefined &&
    before.current !== first &&
    items.some(({ entry }) => entry.id === before.current);
  useEffect(() => {
    before.current = first;
  }, [first]);
  return isPrepended;
}

function isNear({ scrollOffset, scrollSize, viewportSize }: VirtualizerHandle): boolean {
  return scrollOffset < NEAR_BEGINNING && scrollSize > viewportSize && scrollOffset > 0;
}
