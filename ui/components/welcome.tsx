import { focusComposer } from "../browser/focus.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { formatCount } from "../format.ts";
import { Mark } from "./icons.tsx";

/** Before the first question: what can be asked here. */
export function Welcome() {
  const chat = useChat();
  const { tools, examples } = useChatState((state) => state.assistant);
  return (
    <div className="welcome">
      <Mark />
      <h2>What would you like to know?</h2>
      {tools !== undefined && (
        <p>
          Ask in your own words. The assistant answers by calling the API: it has{" "}
          {formatCount(tools, "operation")} to choose from.
        </p>
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
