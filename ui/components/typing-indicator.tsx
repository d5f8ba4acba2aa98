import type { Reply } from "../state/types.ts";

/** A sign of life while nothing else moves. */
export function ProgressIndicator({ answer }: { answer: Reply }) {
  const last = answer.parts.at(-1);
  if (answer.status === "stopping") return <p className="working">Stopping…</p>;
  if (answer.progress !== undefined)
    return (
      <p className="working">
        <Dots />
        <span>{answer.progress}</span>
      </p>
    );
  if (last?.type === "text" && last.text.trim() !== "") return null;
  if (
    last?.type === "reasoning" ||
    (last?.type === "call" && (last.status === "running" || last.status === "waiting"))
  )
    return null;
  return (
    <p className="working" role="img" aria-label="The assistant is thinking">
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
