/** The log: one line per event, with its fields as `key=value`. */

export const LOG_LEVELS = ["debug", "info", "warning", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warning(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** Writes a line in the format of another system. `text` returns the line without its line break. */
  line(level: "info" | "error", text: (at: Date) => string): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly now: () => Date;
  /** Receives complete lines with their line breaks. */
  readonly write: (line: string) => void;
}

export function createLog({ level, now, write }: LogOptions): Log {
  const minimum = LOG_LEVELS.indexOf(level);
  const isWritten = (name: LogLevel) => LOG_LEVELS.indexOf(name) >= minimum;
  const at = (name: LogLevel) => {
    if (!isWritten(name)) return () => {};
    return (event: string, fields: LogFields = {}) => {
      write(`${now().toISOString()} ${name.toUpperCase()} ${event}${formatFields(fields)}\n`);
    };
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warning: at("warning"),
    error: at("error"),
    line(name, text) {
      if (isWritten(name)) write(`${text(now())}\n`);
    },
  };
}

function formatFields(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${typeof value === "string" ? formatText(value) : value}`)
    .join("");
}

/** Quotes a value if needed. A value from outside cannot start a new line or look like another field. */
function formatText(value: string): string {
  if (/^[\w.:/@+-]+$/.test(value)) return value;
  // JSON leaves some control characters as they are, and a terminal may run them.
  return JSON.stringify(value).replace(/\p{Cc}/gu, (control) => `\\u00${control.charCodeAt(0).toString(16)}`);
}
