import { openSignIn } from "../browser/sign-in-dialog.ts";
import { useChatState } from "../chat-context.tsx";
import type { Reply } from "../state/types.ts";

/** Beside an answer whose calls the API refused, not knowing who asks. */
export function SignInHint({ answer }: { answer: Reply }) {
  const canSignIn = useChatState((state) => state.assistant.signIn.length > 0);
  const isRefused = answer.parts.some((part) => part.type === "call" && part.httpStatus === 401);
  if (!canSignIn || !isRefused) return null;
  return (
    <p className="ending">
      The API did not accept who is asking.
      <button type="button" className="text-button" onClick={openSignIn}>
        Sign in
      </button>
    </p>
  );
}
