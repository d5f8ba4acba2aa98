import { openSignIn } from "../browser/sign-in-dialog.ts";
import { useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import type { Reply } from "../state/types.ts";

/** Offers to sign in below a reply with a call that the API rejected with 401. */
export function SignInHint({ reply }: { reply: Reply }) {
  const canSignIn = useChatState((state) => state.assistant.signIn.length > 0);
  const isUnauthorized = reply.parts.some((part) => part.type === "call" && part.httpStatus === 401);
  if (!canSignIn || !isUnauthorized) return null;
  return (
    <p className="reply-note">
      {t("signIn.required")}
      <button type="button" className="text-button" onClick={openSignIn}>
        {t("signIn.title")}
      </button>
    </p>
  );
}
