import { escapeInvisible } from "../escape.ts";
import { printExact } from "../json/exact.ts";
import { t } from "../language/language.ts";

/** The arguments of a call as a list of names and values. Characters that nobody can see are escapes. */
export function CallValues({ values }: { values: unknown }) {
  const entries = Object.entries(Object(values));
  if (entries.length === 0) return <p className="call-no-values">{t("approval.noValues")}</p>;
  return (
    <dl className="call-values">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{escapeInvisible(name)}</dt>
          <dd>
            <CallValue value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** One value, whole. A long one scrolls. */
export function CallValue({ value }: { value: unknown }) {
  if (typeof value === "string") {
    const text = escapeInvisible(value);
    return value === "" ? <i>""</i> : <Scrolled text={text} className="call-text-value" />;
  }
  const text = escapeInvisible(printExact(value));
  return <Scrolled text={text} className="call-json-value" />;
}

function Scrolled({ text, className }: { text: string; className: string }) {
  if (text.length < 300 && !text.includes("\n")) return <span className={className}>{text}</span>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be scrollable with the keyboard.
    <pre className={className} tabIndex={0}>
      {text}
    </pre>
  );
}
