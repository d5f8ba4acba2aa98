/** The type of a setting, and the functions that declare one. */
import type { Kind } from "../kinds.ts";

export interface Setting<T> {
  readonly kind: Kind<T>;
  readonly default: T;
  readonly group: Group;
  /** One line, no full stop. */
  readonly description: string;
  /** Environment names in addition to `SPECCHAT_<FLAG>`, in order of precedence. */
  readonly env?: readonly string[];
  /** True when the value is never shown. */
  readonly secret?: boolean;
  /** A one-letter flag, without the dash. */
  readonly short?: string;
}

type SettingOptions<T> = Partial<Pick<Setting<T>, "env" | "secret" | "short">>;

export const GROUPS = [
  "The API",
  "The model",
  "Conversations",
  "The page",
  "The server",
  "Access",
  "Operation",
] as const;
export type Group = (typeof GROUPS)[number];

/** Returns the functions that declare the settings of a group. The type of each value is inferred from its kind. */
export function declareGroup(group: Group) {
  return {
    /** Declares a setting whose value is `fallback` when no source sets it. */
    setting<T>(
      kind: Kind<T>,
      fallback: NoInfer<T>,
      description: string,
      options: SettingOptions<T> = {},
    ): Setting<T> {
      return { group, kind, default: fallback, description, ...options };
    },
    /** Declares a setting that is undefined when no source sets it. */
    optional<T>(kind: Kind<T>, description: string, options: SettingOptions<T> = {}): Setting<T | undefined> {
      return { group, kind, default: undefined, description, ...options };
    },
  };
}
