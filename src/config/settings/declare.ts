/** What a setting is, and how one is declared. */
import type { Kind } from "../kinds.ts";

export interface Setting<T> {
  readonly kind: Kind<T>;
  readonly default: T;
  readonly group: Group;
  /** One line, no full stop. */
  readonly description: string;
  /** Environment names beside `SPECCHAT_<FLAG>`, in order of precedence. */
  readonly env?: readonly string[];
  /** Its value is never shown. */
  readonly secret?: boolean;
  /** One letter. */
  readonly short?: string;
}

type SettingOptions<T> = Partial<Pick<Setting<T>, "env" | "secret" | "short">>;

export const GROUPS = ["The API", "The model", "Conversations", "The server", "Access", "Operation"] as const;
export type Group = (typeof GROUPS)[number];

/** How the settings of a group are declared: the type of each value is inferred from its kind. */
export function declareGroup(group: Group) {
  return {
    /** `fallback` is what no source set. */
    setting<T>(
      kind: Kind<T>,
      fallback: NoInfer<T>,
      describe: string,
      more: SettingOptions<T> = {},
    ): Setting<T> {
      return { group, kind, default: fallback, description: describe, ...more };
    },
    /** One that may be left unset. */
    optional<T>(kind: Kind<T>, describe: string, more: SettingOptions<T> = {}): Setting<T | undefined> {
      return { group, kind, default: undefined, description: describe, ...more };
    },
  };
}
