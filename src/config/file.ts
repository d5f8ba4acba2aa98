/** Reads a config file: YAML or JSON, one key per setting in camelCase, kebab-case or snake_case, or an environment name; `apis` for several APIs. */
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { findSettingByKey, formatSuggestion, isObsoleteName, SETTINGS } from "./names.ts";
import { parseApis } from "./per-api.ts";
import type { SettingName } from "./settings.ts";

export interface FileValue {
  /** The key as it is written in the file. */
  readonly key: string;
  /** The entries of a list, or the one value of a scalar. */
  readonly texts: readonly string[];
}

export interface FileSettings {
  readonly values: ReadonlyMap<SettingName, FileValue>;
  /** The `AWS_*` variables that are not settings, such as keys, with their names in capitals. */
  readonly awsVariables: Readonly<Record<string, string>>;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** Parses a config file. Never throws: a file that cannot be parsed is one error. A key without a value is unset. */
export function readConfigFile(path: string, text: string): FileSettings {
  const values = new Map<SettingName, FileValue>();
  const awsVariables: Record<string, string> = {};
  let document: unknown;
  try {
    document = path.toLowerCase().endsWith(".json") ? readJson(text) : readYaml(text);
  } catch (error) {
    return {
      values,
      awsVariables,
      errors: [`${path}: ${error instanceof Error ? error.message : String(error)}`],
      warnings: [],
    };
  }
  if (document === null || document === undefined) return { values, awsVariables, errors: [], warnings: [] };
  if (typeof document !== "object" || Array.isArray(document))
    return {
      values,
      awsVariables,
      errors: [`${path}: expected settings as "name: value", one per line`],
      warnings: [],
    };

  const errors: string[] = [];
  const warnings: string[] = [];
  for (const [key, value] of Object.entries(document)) {
    const name = findSettingByKey(key);
    if (key === "apis") {
      errors.push(...readApis(path, value, values));
    } else if (name === "roles" && isMapping(value)) {
      values.set(name, { key, texts: [JSON.stringify(value)] });
    } else if (name === undefined && /^aws_\w+$/i.test(key)) {
      const [text = ""] = textsOf(value) ?? [];
      awsVariables[key.toUpperCase()] = text;
    } else if (name === undefined && isObsoleteName(key)) {
      warnings.push(`${path} ${key}: this setting of an older system has no counterpart and is ignored`);
    } else if (name === undefined) {
      errors.push(
        `${path}: unknown setting ${key}${formatSuggestion(
          camelCase(key),
          SETTINGS.map(([name]) => name),
        )}`,
      );
    } else if (values.has(name)) {
      errors.push(`${path}: ${key} and ${values.get(name)?.key} are the same setting`);
    } else if (value !== null) {
      const texts = textsOf(value);
      if (texts === undefined)
        errors.push(`${path}: ${key} must be a string, a number, true, false or a list`);
      else values.set(name, { key, texts });
    }
  }
  return { values, awsVariables, errors, warnings };
}

function readApis(path: string, value: unknown, values: Map<SettingName, FileValue>): readonly string[] {
  try {
    for (const [name, texts] of parseApis(value)) {
      if (values.has(name)) return [`${path}: ${values.get(name)?.key} and apis are the same setting`];
      values.set(name, { key: "apis", texts });
    }
    return [];
  } catch (error) {
    return [`${path}: apis: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function isMapping(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function camelCase(key: string): string {
  return key.replace(/[-_]+(.)/g, (_, letter: string) => letter.toUpperCase());
}

function textsOf(value: unknown): readonly string[] | undefined {
  const entries: unknown[] = Array.isArray(value) ? value : [value];
  const isScalar = (entry: unknown) => ["string", "number", "boolean"].includes(typeof entry);
  return entries.every(isScalar) ? entries.map(String) : undefined;
}

// Loaded on demand, so that a start without a config file does not pay for it.
function readYaml(text: string): unknown {
  const { parseDocument } = require("yaml") as typeof import("yaml");
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error === undefined) return document.toJS();
  const position = error.linePos?.[0];
  const message = error.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? error.code;
  throw new Error(
    position === undefined ? message : `line ${position.line}, column ${position.col}: ${message}`,
  );
}

function readJson(text: string): unknown {
  const errors: ParseError[] = [];
  const document: unknown = parse(text, errors, { disallowComments: true });
  const [error] = errors;
  if (error === undefined) return document;
  const before = text.slice(0, error.offset).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  throw new Error(
    `line ${before.length}, column ${column}: ${humanizeErrorCode(printParseErrorCode(error.error))}`,
  );
}

/** Turns `PropertyNameExpected` into `property name expected`. */
function humanizeErrorCode(code: string): string {
  return code.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
