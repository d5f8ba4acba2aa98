import { useEffect, useState } from "react";
import { resolveSharedAddress } from "../browser/conversation-address.ts";
import { CopyButton } from "../components/copy-button.tsx";
import { formatTime } from "../format.ts";
import { t } from "../language/language.ts";
import { type Share, shareClient } from "./share-client.ts";

/** The link to a read-only copy of the conversation: creates, replaces and revokes it. */
export function ShareLink({ session }: { session: string }) {
  const [share, setShare] = useState<Share | undefined>(undefined);
  const [hasFailed, setHasFailed] = useState(false);
  const run = async (request: Promise<Share>) => {
    setHasFailed(false);
    try {
      setShare(await request);
    } catch {
      setHasFailed(true);
    }
  };
  useEffect(() => void run(shareClient.read(session)), [session]);
  const address = share ? resolveSharedAddress(share.share_id) : undefined;
  return (
    <section className="overview-share">
      <h3>{t("share.title")}</h3>
      <p>{t("share.explained")}</p>
      {share && address !== undefined && (
        <p className="overview-link">
          <input className="field" aria-label={t("share.link")} dir="ltr" readOnly value={address} />
          <CopyButton label={t("share.copy")} text={() => address} />
        </p>
      )}
      {share && <p>{t("share.since", { date: formatTime(share.created_at) })}</p>}
      <p className="overview-actions">
        <button type="button" className="button" onClick={() => run(shareClient.create(session))}>
          {t(share ? "share.replace" : "share.create")}
        </button>
        {share && (
          <button type="button" className="button" onClick={() => run(shareClient.revoke(session))}>
            {t("share.revoke")}
          </button>
        )}
      </p>
      {hasFailed && <p role="alert">{t("share.failed")}</p>}
    </section>
  );
}
