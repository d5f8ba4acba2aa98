import { formatCallLine } from "../call-line.ts";
import { explainRefusal } from "../call-outcome.ts";
import { t } from "../language/language.ts";
import { ResultViewer } from "../results/result-viewer.tsx";
import type { CallPart } from "../state/types.ts";
import { CurlButton } from "./curl-button.tsx";
import { Files } from "./files.tsx";
import { ReadableView } from "./readable-view.tsx";
import { Sources } from "./sources.tsx";

/** The inside of a call's card: its request, arguments and result. It is loaded with the first card that is opened. */
export default function CallDetail({ call }: { call: CallPart }) {
  const method = call.method?.toUpperCase();
  const refusal = explainRefusal(call);
  const hasResult = call.result !== undefined && refusal === undefined && !isBinary(call);
  const hasArguments = Object.keys(Object(call.arguments)).length > 0;
  return (
    <>
      <div className="call-request">
        {method !== undefined && <span className={`method method-${method.toLowerCase()}`}>{method}</span>}
        <code className="call-path">{method === undefined ? call.name : formatCallLine(call).path}</code>
        {method !== undefined && call.refused === undefined && <CurlButton callId={call.id} />}
      </div>
      {method !== undefined && (
        <p className="call-name">
          {t("call.tool")} <code>{call.name}</code>
        </p>
      )}
      {refusal !== undefined && <p className="call-refusal">{refusal}</p>}
      {hasArguments && <ReadableView content="arguments" value={call.arguments} isCall />}
      {call.file !== undefined && <Files files={[call.file]} label={t("call.file")} />}
      <Sources result={call.result} />
      {hasResult && <ResultViewer call={call} />}
    </>
  );
}

/** The result of a binary file describes it to the model. */
function isBinary({ file, result }: CallPart): boolean {
  return file !== undefined && typeof result === "string" && /(^|\n\n)\(binary content: /.test(result);
}
