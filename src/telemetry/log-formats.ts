/** The levels, fields and formats of log lines. */

export const LOG_LEVELS = ["debug", "info", "warning", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LineLevel = Exclude<LogLevel, "silent">;

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export const LOG_FORMATS = ["json", "pretty", "agent"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface LogLine {
  readonly at: Date;
  readonly level: LineLevel;
  readonly event: string;
  /** Without undefined values. */
  readonly fields: LogFields;
}

/** Each returns a line without its line break. */
export const lineFormats: Readonly<Record<LogFormat, (line: LogLine) => string>> = {
  json: ({ at, level, event, fields }) =>
    escapeControls(JSON.stringify({ time: at.toISOString(), level, msg: event, ...fields })),
  pretty: ({ at, level, event, fields }) =>
    `${at.toISOString()} ${level.toUpperCase()} ${escapeControls(event)}${formatFields(fields)}`,
  /** The format of the bedrock-agent protocol (src/protocols/bedrock-agent/PROTOCOL.md): the fields are JSON at the end. */
  agent({ at, level, event, fields }) {
    const time = at.toISOString().slice(0, 19).replace("T", " ");
    const pairs = Object.entries(fields).map(([name, value]) => `"${name}": ${JSON.stringify(value)}`);
    return escapeControls(`${time} - app - ${level.toUpperCase()} - ${event} - {${pairs.join(", ")}}`);
  },
};

function formatFields(fields: LogFields): string {
  return Object.entries(fields)
    .map(([key, value]) => ` ${key}=${typeof value === "string" ? formatText(value) : value}`)
    .join("");
}

/** Quotes a value if needed. A value from outside cannot start a new line or look like another field. */
function formatText(value: string): string {
  return /^[\w.:/@+-]+$/.test(value) ? value : escapeControls(JSON.stringify(value));
}

/** Escapes control characters, which a terminal may run. JSON leaves some of them as they are. */
function escapeControls(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => `\\u00${control.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
