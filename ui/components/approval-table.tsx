import { Fragment, useId, useState } from "react";
import { formatCallName } from "../call-line.ts";
import { describeCall } from "../call-sentence.ts";
import type { Decision } from "../chat-actions.ts";
import { escapeInvisible } from "../escape.ts";
import { t } from "../language/language.ts";
import type { CallPart } from "../state/types.ts";
import { ApprovalButtons } from "./approval-buttons.tsx";
import { ApprovalBody, ApprovalDecision, isDangerous } from "./approval-card.tsx";
import { CallOperation } from "./call-request.tsx";
import { CallValue } from "./call-values.tsx";
import { Chevron } from "./icons.tsx";

/** Nobody can compare rows with more columns. */
const MAX_COLUMNS = 8;

/** Returns whether the calls of one tool are easier to judge in a table. Every argument has a column. */
export function fitsTable(calls: readonly CallPart[]): boolean {
  return calls.length > 1 && argumentNames(calls).length <= MAX_COLUMNS;
}

function argumentNames(calls: readonly CallPart[]): readonly string[] {
  return [...new Set(calls.flatMap((call) => Object.keys(Object(call.arguments))))];
}

interface ApprovalTableProps {
  /** Calls of one tool. */
  readonly calls: readonly CallPart[];
  /** Those that the user can still decide on. */
  readonly undecided: readonly CallPart[];
  readonly onDecide: (calls: readonly CallPart[], decision: Decision) => void;
}

/** Several calls of one kind: a row for each, and one bar that decides on the selected ones. */
export function ApprovalTable({ calls, undecided, onDecide }: ApprovalTableProps) {
  const [skipped, setSkipped] = useState<ReadonlySet<string>>(new Set());
  const [first] = calls;
  if (first === undefined) return null;
  const columns = argumentNames(calls);
  const selected = undecided.filter(({ id }) => !skipped.has(id));
  const count = selected.length;
  const select = (ids: readonly string[], isSelected: boolean) =>
    setSkipped((before) => (isSelected ? before.difference(new Set(ids)) : before.union(new Set(ids))));
  const title = describeCall(first);
  return (
    <article className={calls.some(isDangerous) ? "approval-card approval-danger" : "approval-card"}>
      <h3 className="approval-title" tabIndex={-1} data-call={first.id}>
        {t("approval.table", { operation: title, rows: t("count.calls", { count: calls.length }) })}
      </h3>
      <CallOperation call={{ ...first, arguments: {} }} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be scrollable with the keyboard. */}
      <section className="approval-scroll" aria-label={title} tabIndex={0}>
        <table className="approval-table">
          <thead>
            <tr>
              <th scope="col">
                <input
                  type="checkbox"
                  aria-label={t("approval.selectAll")}
                  checked={count > 0 && count === undecided.length}
                  disabled={undecided.length === 0}
                  ref={(box) => {
                    if (box) box.indeterminate = count > 0 && count < undecided.length;
                  }}
                  onChange={({ currentTarget }) =>
                    select(
                      undecided.map(({ id }) => id),
                      currentTarget.checked,
                    )
                  }
                />
              </th>
              {columns.map((name) => (
                <th key={name} scope="col">
                  {escapeInvisible(name)}
                </th>
              ))}
              <th scope="col">
                <span className="visually-hidden">{t("approval.request")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {calls.map((call) => (
              <CallRow
                key={call.id}
                call={call}
                columns={columns}
                isUndecided={undecided.includes(call)}
                isSelected={!skipped.has(call.id)}
                onSelect={(isSelected) => select([call.id], isSelected)}
                onDecide={(decision) => onDecide([call], decision)}
              />
            ))}
          </tbody>
        </table>
      </section>
      {undecided.length > 0 && (
        <ApprovalButtons
          subject={t("approval.all", { count })}
          texts={{
            allow: t("approval.allowSelected", { count }),
            deny: t("approval.denySelected", { count }),
          }}
          isDangerous={selected.some(isDangerous)}
          isEmpty={count === 0}
          onDecide={(decision) => onDecide(selected, decision)}
        />
      )}
    </article>
  );
}

interface CallRowProps {
  readonly call: CallPart;
  readonly columns: readonly string[];
  readonly isUndecided: boolean;
  readonly isSelected: boolean;
  readonly onSelect: (isSelected: boolean) => void;
  readonly onDecide: (decision: Decision) => void;
}

function CallRow({ call, columns, isUndecided, isSelected, onSelect, onDecide }: CallRowProps) {
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const name = formatCallName(call);
  const values: Readonly<Record<string, unknown>> = Object(call.arguments);
  return (
    <Fragment>
      <tr>
        <td>
          {isUndecided ? (
            <input
              type="checkbox"
              aria-label={t("approval.selectCall", { call: name })}
              checked={isSelected}
              onChange={({ currentTarget }) => onSelect(currentTarget.checked)}
            />
          ) : (
            <ApprovalDecision call={call} />
          )}
        </td>
        {columns.map((column) => (
          <td key={column}>{Object.hasOwn(values, column) && <CallValue value={values[column]} />}</td>
        ))}
        <td>
          <button
            type="button"
            className="icon-button"
            aria-expanded={isOpen}
            aria-controls={id}
            aria-label={`${t("approval.request")}: ${name}`}
            title={t("approval.request")}
            onClick={() => setIsOpen(!isOpen)}
          >
            <Chevron />
          </button>
        </td>
      </tr>
      {isOpen && (
        <tr id={id} className="approval-row-body">
          <td colSpan={columns.length + 2}>
            <ApprovalBody call={call} isUndecided={isUndecided} onDecide={onDecide} />
          </td>
        </tr>
      )}
    </Fragment>
  );
}
