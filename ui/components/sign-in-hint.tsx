import { openSignIn } from "../browser/sign-in-dialog.ts";
import { useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { findRejectingApi } from "../state/sign-in.ts";
import type { Reply } from "../state/types.ts";

/** Offers to sign in below a reply with a call that the API rejected with 401. */
export function SignInHint({ reply }: { reply: Reply }) {
  const canSignIn = useChatState((state) => state.assistant.signIn.length > 0);
  const call = reply.parts.find((part) => part.type === "call" && part.httpStatus === 401);
  const api = useChatState((state) => (call?.type === "call" ? findRejectingApi(state, call) : undefined));
  if (!canSignIn || call === undefined) return null;
  return (
    <p className="reply-note">
      {api === undefined ? t("signIn.required") : t("signIn.useOther", { api })}
      <button type="button" className="text-button" onClick={openSignIn}>
        {t("signIn.title")}
      </button>
    </p>
  );
}
