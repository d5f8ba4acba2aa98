/** What the audit log records of the arguments of a call, by `--audit-arguments`. */

type Mode = "none" | "names" | "masked" | "all";

interface Rule {
  readonly mode: Mode;
  /** Matches the path of an argument: names joined by dots, without the positions of lists. */
  readonly pattern: RegExp;
}

/** Returns the arguments as they are recorded; undefined when nothing of them is. */
export type RecordArguments = (values: Readonly<Record<string, unknown>>) => unknown;

/** Characters of a text, and of all arguments as JSON. */
const MAX_TEXT = 1000;
const MAX_LENGTH = 16_000;
const MAX_DEPTH = 20;

/** Names of arguments whose values are never recorded without a rule that names them. */
const SECRET_NAME =
  /passw|passphrase|secret|token|api.?key|authorization|credential|private.?key|\bpin\b|cvv/i;

/** @param settings modes and rules of `--audit-arguments`. Of several rules for an argument the last one counts. */
export function createArgumentRules(settings: readonly string[]): RecordArguments {
  const rules: Rule[] = [];
  let fallback: Mode = "names";
  for (const setting of settings) {
    const [field, mode] = setting.includes("=") ? splitRule(setting) : [undefined, setting as Mode];
    if (field === undefined) fallback = mode;
    else rules.push({ mode, pattern: toPattern(field) });
  }
  const hasNestedRules = settings.some((setting) => setting.includes("."));
  const modeOf = (path: string, name: string): Mode => {
    const rule = rules.findLast(({ pattern }) => pattern.test(path));
    if (rule) return rule.mode;
    return fallback === "all" && SECRET_NAME.test(name) ? "masked" : fallback;
  };
  const recordValue = (value: unknown, path: string, name: string, depth: number): unknown => {
    const mode = modeOf(path, name);
    const isOpened = mode === "all" || mode === "masked" || hasNestedRules;
    if (typeof value === "object" && value !== null && isOpened && depth < MAX_DEPTH) {
      const parts = Array.isArray(value)
        ? value.map((item) => recordValue(item, path, name, depth + 1))
        : recordFields(value as Record<string, unknown>, path, depth + 1);
      const hasValues = Object.values(parts).some((part) => part !== undefined && part !== null);
      if (hasValues || mode === "masked" || mode === "all") return parts;
    }
    if (mode === "none") return undefined;
    if (mode === "names") return null;
    return mode === "masked" ? describeValue(value) : showValue(value);
  };
  const recordFields = (values: Readonly<Record<string, unknown>>, parent: string, depth: number) =>
    Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => {
        const path = parent === "" ? name : `${parent}.${name}`;
        const recorded = recordValue(value, path, name, depth);
        return recorded === undefined ? [] : [[name, recorded] as const];
      }),
    );
  return (values) => {
    const recorded = recordFields(values, "", 0);
    if (Object.keys(recorded).length === 0) return undefined;
    const { length } = JSON.stringify(recorded);
    return length <= MAX_LENGTH ? recorded : `(${length} characters)`;
  };
}

function splitRule(setting: string): [string, Mode] {
  const at = setting.lastIndexOf("=");
  return [setting.slice(0, at), setting.slice(at + 1) as Mode];
}

/** A rule for an argument is one for everything in it. */
function toPattern(glob: string): RegExp {
  const source = glob.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${source.join("[^]*")}(\\.|$)`);
}

function describeValue(value: unknown): unknown {
  if (typeof value === "string") return `(${value.length} characters)`;
  return value === null ? null : `(${typeof value === "bigint" ? "number" : typeof value})`;
}

/** An integer beyond 2^53 is recorded as text. */
function showValue(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "string" || value.length <= MAX_TEXT) return value;
  return `${value.slice(0, MAX_TEXT)}… (${value.length} characters)`;
}
