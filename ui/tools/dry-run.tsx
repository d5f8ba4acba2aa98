import { useState } from "react";
import { fetchDryRun } from "../browser/tools-client.ts";
import { useChatState } from "../chat-context.tsx";
import { RequestView } from "../components/call-request.tsx";
import { SchemaForm } from "../forms/schema-form.tsx";
import { t } from "../language/language.ts";
import type { CallPreviewFrame } from "../protocol.ts";

type Outcome =
  | { readonly request: CallPreviewFrame }
  /** Undefined: the server did not answer. */
  | { readonly problem: string | undefined };

/** A form made from the schema of a tool, and the request that a call with its values would send. */
export function DryRun({ tool, schema }: { tool: string; schema: unknown }) {
  const session = useChatState((state) =>
    state.assistant.signIn.length > 0 ? state.session?.id : undefined,
  );
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const [isWaiting, setIsWaiting] = useState(false);
  return (
    <section className="tools-try" aria-label={t("tools.try")}>
      <h4>{t("tools.try")}</h4>
      <SchemaForm
        schema={schema}
        values={{}}
        label={t("tools.try")}
        onSubmit={async (values) => {
          setIsWaiting(true);
          setOutcome(await fetchDryRun(tool, values, session));
          setIsWaiting(false);
        }}
      >
        <button type="submit" className="button" disabled={isWaiting}>
          {t("tools.dryRun")}
        </button>
        <span className="form-description">{t("tools.dryRunHint")}</span>
      </SchemaForm>
      <div role="status">
        {outcome !== undefined && "request" in outcome && <RequestView request={outcome.request} />}
      </div>
      {outcome !== undefined && "problem" in outcome && (
        <p className="approval-problem" role="alert">
          {outcome.problem ?? t("tools.dryRunFailed")}
        </p>
      )}
    </section>
  );
}
