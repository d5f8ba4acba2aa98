/** Lists the effective settings for `specchat config`. */
import type { LoadedConfig } from "./load.ts";
import { kebabCase, SETTINGS } from "./names.ts";
import type { Group, SettingName } from "./settings.ts";

export interface ConfigRow {
  readonly name: SettingName;
  readonly flag: string;
  readonly group: Group;
  /** The value as its flag would be written; empty when unset, masked when secret. */
  readonly value: string;
  /** The source as in `SettingSource`: `environment PORT`. */
  readonly source: string;
}

/** Returns one row per setting, in the order of declaration. */
export function describeConfig({ sources }: Pick<LoadedConfig, "sources">): readonly ConfigRow[] {
  return SETTINGS.map(([name, { group }]) => ({
    name,
    flag: `--${kebabCase(name)}`,
    group,
    value: sources[name].text,
    source: sources[name].source,
  }));
}

/** Formats the rows as text: a heading per group, one line per setting. */
export function formatConfig(rows: readonly ConfigRow[]): string {
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  const valueWidth = Math.min(48, Math.max(...rows.map(({ value }) => value.length)));
  const groups = Map.groupBy(rows, ({ group }) => group);
  return [...groups]
    .map(([group, entries]) =>
      [
        group,
        ...entries.map(({ name, value, source }) =>
          `  ${name.padEnd(nameWidth)}  ${value.replaceAll("\n", " ").padEnd(valueWidth)}  ${source}`.trimEnd(),
        ),
      ].join("\n"),
    )
    .join("\n\n");
}
