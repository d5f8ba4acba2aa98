import { type ReactNode, useId, useMemo, useState } from "react";
import { addStyle } from "../browser/add-style.ts";
import { t } from "../language/language.ts";
import formsStyles from "../styles/forms.css" with { type: "text" };
import { FieldList, JsonInput } from "./field-view.tsx";
import { readFields } from "./fields.ts";
import { type FormObject, fits, isObject } from "./values.ts";

addStyle(formsStyles);

interface SchemaFormProps {
  readonly schema: unknown;
  readonly values: FormObject;
  readonly label: string;
  readonly onSubmit: (values: FormObject) => void;
  /** The buttons of the form. */
  readonly children: ReactNode;
}

/** A form for an object, made from its schema. A value that has no field of its own is edited as JSON. */
export function SchemaForm({ schema, values: initial, label, onSubmit, children }: SchemaFormProps) {
  const id = useId();
  const fields = useMemo(() => readFields(schema), [schema]);
  const [values, setValues] = useState(initial);
  const canShowFields = fields.length > 0 && fits(fields, values);
  const [isJson, setIsJson] = useState(!canShowFields);
  return (
    <form
      className="schema-form"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        // A form in a conversation is inside of nothing that submits, but events pass portals.
        event.stopPropagation();
        onSubmit(values);
      }}
    >
      {isJson ? (
        <div className="form-field">
          <label htmlFor={id}>{t("form.json")}</label>
          <JsonInput
            value={values}
            onChange={(value) => isObject(value) && setValues(value)}
            isRequired
            common={{ id, className: "field" }}
          />
        </div>
      ) : (
        <FieldList fields={fields} values={values} onChange={setValues} />
      )}
      {canShowFields && (
        <button type="button" className="text-button" onClick={() => setIsJson(!isJson)}>
          {t(isJson ? "form.asForm" : "form.asJson")}
        </button>
      )}
      <div className="form-actions">{children}</div>
    </form>
  );
}
