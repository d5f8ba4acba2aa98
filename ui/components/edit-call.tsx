import { useEffect, useRef, useState } from "react";
import { fetchTool } from "../browser/tools-client.ts";
import { formatCallName } from "../call-line.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { SchemaForm } from "../forms/schema-form.tsx";
import { isObject } from "../forms/values.ts";
import { t } from "../language/language.ts";
import type { CallPart } from "../state/types.ts";
import { Check } from "./icons.tsx";

/** The form that changes the arguments of a call before it is allowed. It is loaded when it is opened. */
export default function EditCall({ call, onClose }: { call: CallPart; onClose: () => void }) {
  const chat = useChat();
  const isConnected = useChatState((state) => state.link === "open");
  const schema = useSchema(call.name);
  const box = useRef<HTMLDivElement>(null);
  const { approvalId = "", edit } = call.approval ?? {};
  const isReady = schema !== undefined;

  useEffect(() => {
    if (isReady) box.current?.querySelector<HTMLElement>("input, select, textarea")?.focus();
  }, [isReady]);

  if (schema === undefined) return <p className="result-notice">{t("loading")}</p>;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the form, as its button does.
    <div
      ref={box}
      className="approval-edit"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <p className="form-description">{t("approval.editing")}</p>
      <SchemaForm
        schema={schema}
        values={isObject(call.arguments) ? call.arguments : {}}
        label={t("approval.editCall", { call: formatCallName(call) })}
        onSubmit={(values) => chat.edit(approvalId, call.id, values)}
      >
        {edit?.status === "failed" && (
          <p className="approval-problem" role="alert">
            {edit.message}
          </p>
        )}
        <button
          type="submit"
          className="button button-main"
          disabled={!isConnected || edit?.status === "checking"}
        >
          <Check />
          {edit?.status === "checking" ? t("approval.editChecking") : t("approval.editDone")}
        </button>
        <button type="button" className="text-button" onClick={onClose}>
          {t("cancel")}
        </button>
      </SchemaForm>
    </div>
  );
}

/** Returns undefined while it loads. Without a schema, the values are edited as JSON. */
function useSchema(tool: string): unknown {
  const [schema, setSchema] = useState<unknown>(undefined);
  useEffect(() => {
    let isCurrent = true;
    const show = (found: unknown) => {
      if (isCurrent) setSchema(found);
    };
    fetchTool(tool).then(
      ({ input_schema: found }) => show(found),
      () => show({}),
    );
    return () => {
      isCurrent = false;
    };
  }, [tool]);
  return schema;
}
