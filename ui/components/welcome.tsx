import { focusComposer } from "../browser/focus.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { formatCount } from "../format.ts";
import { Logo } from "./icons.tsx";

/** The content of a new conversation: an introduction and example messages. */
export function Welcome() {
  const chat = useChat();
  const { tools, examples } = useChatState((state) => state.assistant);
  return (
    <div className="welcome">
      <Logo />
      <h2>What would you like to know?</h2>
      {tools !== undefined && (
        <p>Ask in your own words. The assistant can call {formatCount(tools, "operation")} of the API.</p>
      )}
      {examples.length > 0 && (
        <ul className="examples" aria-label="Examples">
          {examples.map((example) => (
            <li key={example}>
              <button
                type="button"
                onClick={() => {
                  chat.send(example);
                  focusComposer();
                }}
              >
                {example}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
