import { useEffect, useState } from "react";
import { copyText } from "../browser/clipboard.ts";
import { fetchCurl } from "../browser/fetch-curl.ts";
import { useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";

const LABELS = { ready: "call.copyCurl", copied: "copied", failed: "call.noCurl" } as const;

/** Copies the request of a call as a curl command. The server masks its secrets. */
export function CurlButton({ callId }: { callId: string }) {
  const session = useChatState((state) => state.session?.id);
  const [state, setState] = useState<keyof typeof LABELS>("ready");

  useEffect(() => {
    if (state === "ready") return;
    const timer = setTimeout(() => setState("ready"), 2_000);
    return () => clearTimeout(timer);
  }, [state]);

  const copy = async () => {
    const command = session === undefined ? undefined : await fetchCurl(session, callId);
    setState(command !== undefined && (await copyText(command)) ? "copied" : "failed");
  };
  return (
    <button type="button" className="text-button curl-button" onClick={copy}>
      {t(LABELS[state])}
    </button>
  );
}
