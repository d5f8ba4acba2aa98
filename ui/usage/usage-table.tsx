import { type ReactNode, useId } from "react";
import { t } from "../language/language.ts";
import type { PlainKey } from "../language/types.ts";

export interface UsageColumn<Row> {
  readonly title: PlainKey;
  readonly isNumber?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

interface UsageTableProps<Row> {
  readonly title: PlainKey;
  /** Takes the whole width. */
  readonly isWide?: boolean;
  readonly rows: readonly Row[];
  readonly columns: readonly UsageColumn<Row>[];
}

/** A titled table whose first column names the row. */
export function UsageTable<Row>({ title, isWide = false, rows, columns }: UsageTableProps<Row>) {
  const heading = useId();
  const classOf = ({ isNumber }: UsageColumn<Row>) => (isNumber ? "usage-number" : undefined);
  return (
    <section className={isWide ? "usage-section usage-wide" : "usage-section"} aria-labelledby={heading}>
      <h2 id={heading}>{t(title)}</h2>
      {rows.length === 0 ? (
        <p className="usage-empty">{t("usage.none")}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that is too wide is scrolled by keyboard.
        <section className="usage-scroll" aria-labelledby={heading} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column.title} scope="col" className={classOf(column)}>
                    {t(column.title)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <tr key={index}>
                  {columns.map((column) => (
                    <td key={column.title} className={classOf(column)}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
