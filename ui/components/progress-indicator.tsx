import { t } from "../language/language.ts";
import type { Reply } from "../state/types.ts";

/** Shows that a turn runs while no other part of the reply shows it. */
export function ProgressIndicator({ reply }: { reply: Reply }) {
  const last = reply.parts.at(-1);
  if (reply.status === "stopping") return <p className="progress">{t("progress.stopping")}</p>;
  if (reply.progress !== undefined)
    return (
      <p className="progress">
        <Dots />
        <span>{reply.progress}</span>
      </p>
    );
  if (last?.type === "text" && last.text.trim() !== "") return null;
  if (
    last?.type === "reasoning" ||
    (last?.type === "call" && (last.status === "running" || last.status === "waiting"))
  )
    return null;
  return (
    <p className="progress" role="img" aria-label={t("progress.thinking")}>
      <Dots />
    </p>
  );
}

const Dots = () => (
  <>
    <i />
    <i />
    <i />
  </>
);
