/** A config file: YAML or JSON, one key a setting, in camelCase, kebab-case or snake_case; `apis` for several APIs. */
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { SETTINGS, suggestion } from "./names.ts";
import { apiLists } from "./per-api.ts";
import type { SettingName } from "./settings.ts";

export interface FileValue {
  /** The key as it stands in the file. */
  readonly key: string;
  /** Of a list each entry, of a scalar the one. */
  readonly texts: readonly string[];
}

export interface FileSettings {
  readonly values: ReadonlyMap<SettingName, FileValue>;
  readonly mistakes: readonly string[];
}

/** Never throws: a file that cannot be read at all is one mistake. A key without a value is left unset. */
export function readConfigFile(path: string, text: string): FileSettings {
  const values = new Map<SettingName, FileValue>();
  let document: unknown;
  try {
    document = path.toLowerCase().endsWith(".json") ? readJson(text) : readYaml(text);
  } catch (error) {
    return { values, mistakes: [`${path}: ${error instanceof Error ? error.message : String(error)}`] };
  }
  if (document === null || document === undefined) return { values, mistakes: [] };
  if (typeof document !== "object" || Array.isArray(document))
    return { values, mistakes: [`${path}: settings are written as "name: value", one a line`] };

  const mistakes: string[] = [];
  for (const [key, value] of Object.entries(document)) {
    const name = NAMES.get(comparable(key));
    if (key === "apis") {
      mistakes.push(...readApis(path, value, values));
    } else if (name === undefined) {
      mistakes.push(`${path}: unknown setting ${key}${suggestion(camelCase(key), [...NAMES.values()])}`);
    } else if (values.has(name)) {
      mistakes.push(`${path}: ${key} and ${values.get(name)?.key} are the same setting`);
    } else if (value !== null) {
      const texts = textsOf(value);
      if (texts === undefined)
        mistakes.push(`${path}: ${key} must be a text, a number, true, false or a list`);
      else values.set(name, { key, texts });
    }
  }
  return { values, mistakes };
}

function readApis(path: string, value: unknown, values: Map<SettingName, FileValue>): readonly string[] {
  try {
    for (const [name, texts] of apiLists(value)) {
      if (values.has(name)) return [`${path}: ${values.get(name)?.key} and apis are the same setting`];
      values.set(name, { key: "apis", texts });
    }
    return [];
  } catch (error) {
    return [`${path}: apis: ${error instanceof Error ? error.message : String(error)}`];
  }
}

const NAMES = new Map(SETTINGS.map(([name]) => [comparable(name), name]));

function comparable(key: string): string {
  return key.replace(/[-_]/g, "").toLowerCase();
}

function camelCase(key: string): string {
  return key.replace(/[-_]+(.)/g, (_, letter: string) => letter.toUpperCase());
}

function textsOf(value: unknown): readonly string[] | undefined {
  const entries: unknown[] = Array.isArray(value) ? value : [value];
  const isScalar = (entry: unknown) => ["string", "number", "boolean"].includes(typeof entry);
  return entries.every(isScalar) ? entries.map(String) : undefined;
}

// Loaded where a config file is given: a start without one does not pay for it.
function readYaml(text: string): unknown {
  const { parseDocument } = require("yaml") as typeof import("yaml");
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error === undefined) return document.toJS();
  const position = error.linePos?.[0];
  const what = error.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? error.code;
  throw new Error(position === undefined ? what : `line ${position.line}, column ${position.col}: ${what}`);
}

function readJson(text: string): unknown {
  const errors: ParseError[] = [];
  const document: unknown = parse(text, errors, { disallowComments: true });
  const [error] = errors;
  if (error === undefined) return document;
  const before = text.slice(0, error.offset).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  throw new Error(`line ${before.length}, column ${column}: ${words(printParseErrorCode(error.error))}`);
}

/** `PropertyNameExpected` → `property name expected`. */
function words(code: string): string {
  return code.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
