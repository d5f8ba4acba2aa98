import { type ReactNode, useId, useState } from "react";
import { Cross, Plus } from "../components/icons.tsx";
import { escapeInvisible } from "../escape.ts";
import { parseExact, printExact } from "../json/exact.ts";
import { t } from "../language/language.ts";
import type { Field } from "./fields.ts";
import { emptyValue, type FormObject, fromText, isObject, toText, withValue } from "./values.ts";

interface FieldProps {
  readonly field: Field;
  readonly value: unknown;
  /** Receives undefined when the field is empty. */
  readonly onChange: (value: unknown) => void;
}

/** One field of a form that is made from a schema, with its label and description. */
export function FieldView({ field, value, onChange }: FieldProps) {
  const id = useId();
  const { kind, description } = field;
  if (kind === "object" || kind === "list")
    return (
      <fieldset className="form-group">
        <legend>
          <FieldName field={field} />
        </legend>
        {description !== undefined && (
          <p className="form-description" dir="auto">
            {description}
          </p>
        )}
        {kind === "object" ? (
          <FieldList
            fields={field.fields}
            values={isObject(value) ? value : {}}
            onChange={(values) =>
              onChange(Object.keys(values).length === 0 && !field.isRequired ? undefined : values)
            }
          />
        ) : (
          <ListView field={field} value={value} onChange={onChange} />
        )}
      </fieldset>
    );
  return (
    <div className="form-field">
      <label htmlFor={id}>
        <FieldName field={field} />
      </label>
      <Input field={field} value={value} onChange={onChange} id={id} describedBy={`${id}-text`} />
      {description !== undefined && (
        <p className="form-description" dir="auto" id={`${id}-text`}>
          {description}
        </p>
      )}
    </div>
  );
}

/** The fields of an object. Optional ones without a value are folded, if there are required ones. */
export function FieldList({
  fields,
  values,
  onChange,
}: {
  fields: readonly Field[];
  values: FormObject;
  onChange: (values: FormObject) => void;
}) {
  // A field that gets a value while it is edited stays in its place.
  const [folded] = useState(() => {
    const isOptional = ({ isRequired, name }: Field) => !isRequired && !Object.hasOwn(values, name);
    const optional = fields.filter(isOptional);
    return optional.length > 2 && optional.length < fields.length ? optional : [];
  });
  const show = (field: Field): ReactNode => (
    <FieldView
      key={field.name}
      field={field}
      value={Object.hasOwn(values, field.name) ? values[field.name] : undefined}
      onChange={(value) => onChange(withValue(values, field.name, value))}
    />
  );
  return (
    <>
      {fields.filter((field) => !folded.includes(field)).map(show)}
      {folded.length > 0 && (
        <details className="form-optional">
          <summary>{t("form.optional")}</summary>
          {folded.map(show)}
        </details>
      )}
    </>
  );
}

function FieldName({ field: { name, isRequired } }: { field: Field }) {
  return (
    <>
      <span className="form-name">{escapeInvisible(name)}</span>
      {isRequired && <span className="form-required">{t("form.required")}</span>}
    </>
  );
}

interface InputProps extends FieldProps {
  readonly id: string;
  readonly describedBy: string;
}

function Input({ field, value, onChange, id, describedBy }: InputProps) {
  const { kind, choices, isRequired, description } = field;
  const common = { id, className: "field", "aria-describedby": description && describedBy };
  if (kind === "json")
    return <JsonInput value={value} onChange={onChange} common={common} isRequired={isRequired} />;
  if (kind === "boolean" || kind === "choice") {
    const values = kind === "boolean" ? [true, false] : choices;
    const label = (one: unknown) =>
      kind === "boolean" ? t(one === true ? "form.yes" : "form.no") : escapeInvisible(toText(one));
    const at = values.findIndex((one) => toText(one) === toText(value));
    return (
      <select
        {...common}
        required={isRequired}
        value={at < 0 ? "" : at}
        onChange={({ target }) => onChange(target.value === "" ? undefined : values[Number(target.value)])}
      >
        <option value="">{t("form.choose")}</option>
        {values.map((one, index) => (
          <option key={index} value={index}>
            {label(one)}
          </option>
        ))}
      </select>
    );
  }
  const change = (text: string) => onChange(fromText(text, field));
  const text = toText(value);
  if (kind === "text" && (text.length > 60 || text.includes("\n")))
    return (
      <textarea
        {...common}
        rows={4}
        dir="auto"
        value={text}
        onChange={(event) => change(event.target.value)}
      />
    );
  return (
    <input
      {...common}
      type="text"
      dir="auto"
      inputMode={kind === "number" ? "decimal" : undefined}
      required={kind === "number" && isRequired}
      autoComplete="off"
      spellCheck={kind === "text"}
      value={text}
      onChange={(event) => change(event.target.value)}
    />
  );
}

interface JsonInputProps {
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly isRequired: boolean;
  readonly common: { readonly id: string; readonly className: string };
}

/** A value as JSON. The browser keeps the form from being sent while it is invalid. */
export function JsonInput({ value, onChange, isRequired, common }: JsonInputProps) {
  const [text, setText] = useState(value === undefined ? "" : printExact(value));
  const change = (input: HTMLTextAreaElement) => {
    setText(input.value);
    const isEmpty = input.value.trim() === "" && !isRequired;
    try {
      onChange(isEmpty ? undefined : parseExact(input.value));
      input.setCustomValidity("");
    } catch {
      input.setCustomValidity(t("form.invalidJson"));
    }
  };
  return (
    <textarea
      {...common}
      className="field form-json"
      dir="ltr"
      spellCheck={false}
      rows={Math.min(16, Math.max(3, text.split("\n").length))}
      value={text}
      onChange={({ currentTarget }) => change(currentTarget)}
    />
  );
}

function ListView({ field, value, onChange }: FieldProps) {
  const entries = Array.isArray(value) ? value : [];
  const { item, isRequired, name } = field;
  if (item === undefined) return null;
  const change = (next: readonly unknown[]) => onChange(next.length === 0 && !isRequired ? undefined : next);
  return (
    <>
      {entries.map((entry, index) => (
        <div className="form-entry" key={index}>
          <FieldView
            field={{ ...item, name: `${name} ${index + 1}`, isRequired: true }}
            value={entry}
            onChange={(next) => change(entries.with(index, next ?? emptyValue(item)))}
          />
          <button
            type="button"
            className="icon-button"
            aria-label={t("form.removeItem", { name, number: index + 1 })}
            title={t("form.removeItem", { name, number: index + 1 })}
            onClick={() => change(entries.toSpliced(index, 1))}
          >
            <Cross />
          </button>
        </div>
      ))}
      <button type="button" className="text-button" onClick={() => change([...entries, emptyValue(item)])}>
        <Plus />
        {t("form.add", { name })}
      </button>
    </>
  );
}
