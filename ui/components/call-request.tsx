import { formatCallLine } from "../call-line.ts";
import { escapeInvisible } from "../escape.ts";
import { t } from "../language/language.ts";
import type { CallPreviewFrame } from "../protocol.ts";
import type { CallPart } from "../state/types.ts";
import { ReadableView } from "./readable-view.tsx";

/** The method and the path of a call, with its parameters. */
export function CallOperation({ call }: { call: Pick<CallPart, "name" | "method" | "path" | "arguments"> }) {
  const method = call.method?.toUpperCase();
  return (
    <p className="approval-operation">
      {method !== undefined && <span className={`method method-${method.toLowerCase()}`}>{method}</span>}
      <code>{formatCallLine(call).path}</code>
    </p>
  );
}

/** The request of a call, whole, as the server has prepared it. */
export function RequestView({ request }: { request: CallPreviewFrame }) {
  const { method, url, headers, body } = request;
  return (
    <>
      <p className="approval-url">
        <span className={`method method-${method.toLowerCase()}`}>{method}</span>{" "}
        <bdi>{escapeInvisible(url)}</bdi>
      </p>
      {headers !== undefined && (
        <ReadableView content="headers" value={formatHeaders(headers)} isCall isWhole />
      )}
      {body !== undefined && <ReadableView content="body" value={body} isCall isWhole />}
    </>
  );
}

/** The exact request on demand, below the values of the call. */
export function RequestDetails({ request }: { request: CallPreviewFrame }) {
  return (
    <details className="approval-request">
      <summary>{t("approval.request")}</summary>
      <RequestView request={request} />
    </details>
  );
}

function formatHeaders(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}
