/** The effective settings as rows: `specchat config`. */
import type { LoadedConfig } from "./load.ts";
import { kebabCase, SETTINGS } from "./names.ts";
import type { Group, SettingName } from "./settings.ts";

export interface ConfigRow {
  readonly name: SettingName;
  readonly flag: string;
  readonly group: Group;
  /** As its flag would be written; empty when unset; a secret's is masked. */
  readonly value: string;
  /** As in `Source`: `environment PORT`. */
  readonly source: string;
}

/** In the order of declaration. */
export function describeConfig({ sources }: Pick<LoadedConfig, "sources">): readonly ConfigRow[] {
  return SETTINGS.map(([name, { group }]) => ({
    name,
    flag: `--${kebabCase(name)}`,
    group,
    value: sources[name].text,
    source: sources[name].source,
  }));
}

/** The rows as a page for people: groups, then one line a setting. */
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
