import { useEffect, useState } from "react";
import { useChat } from "../chat-context.tsx";
import { NOTHING_SPOKEN, speak } from "../spoken.ts";

/** The finished sentences of the reply that streams, for screen readers. Loaded after the page. */
export default function SpokenSentences() {
  const chat = useChat();
  const [{ sentences }, setSpoken] = useState(NOTHING_SPOKEN);
  useEffect(
    () => chat.subscribe(() => setSpoken((before) => speak(before, chat.state().entries.at(-1)))),
    [chat],
  );
  return (
    <div className="visually-hidden" role="log" aria-live="polite">
      {sentences.map(({ id, text }) => (
        <div key={id} dir="auto">
          {text}
        </div>
      ))}
    </div>
  );
}
