/** Reads a roles file: YAML, or JSON, which is YAML too. */
import { type Document, isNode, isScalar, LineCounter, parseDocument, YAMLMap } from "yaml";
import type { z } from "zod";
import { type RolesDocument, RolesFile } from "./roles-schema.ts";

/** Characters of a roles file. */
const MAX_LENGTH = 1_000_000;

/**
 * Parses the text of a roles file.
 * @param source the name of the file in messages.
 * @throws Error whose message has a line for each problem, with its position and field.
 */
export function readRoles(source: string, text: string): RolesDocument {
  if (text.length > MAX_LENGTH) throw new Error(`${source}: has more than ${MAX_LENGTH} characters`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(
    ({ pos, message }) => `${formatPosition(lines, pos[0])}${message.split("\n", 1)[0]}`,
  );
  if (problems.length > 0) throw createError(source, problems);
  const parsed = RolesFile.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  throw createError(
    source,
    withoutConsequences(parsed.error.issues).flatMap((issue) => describeIssue(issue, document, lines)),
  );
}

function createError(source: string, problems: readonly string[]): Error {
  return new Error(problems.map((problem) => `${source}: ${problem}`).join("\n"));
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

function describeIssue(issue: Issue, document: Document, lines: LineCounter): readonly string[] {
  if (issue.code === "invalid_union") {
    const inner = selectBranch(issue.errors);
    if (inner)
      return inner.flatMap((found) =>
        describeIssue({ ...found, path: [...issue.path, ...found.path] } as Issue, document, lines),
      );
  }
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return `${formatPosition(lines, keyOffset(document, path))}${formatPath(path)}: unknown field`;
    });
  return [
    `${formatPosition(lines, valueOffset(document, issue.path))}${formatPath(issue.path)}: ${issue.message}`,
  ];
}

/** Leaves out what is only wrong because a field at the same place is unknown. */
function withoutConsequences(issues: readonly Issue[]): readonly Issue[] {
  const unknown = issues.filter(({ code }) => code === "unrecognized_keys").map(({ path }) => path.join(" "));
  return issues.filter(({ code, path }) => code !== "custom" || !unknown.includes(path.join(" ")));
}

/** Returns the problems of the alternative that fits the value's type, if one does. */
function selectBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) =>
    issues.every(({ code, path }) => code !== "invalid_type" || path.length > 0),
  );
}

/** `roles.support.allow[0].method`; a name with other characters is quoted. */
function formatPath(path: Path): string {
  const text = path
    .map((key) =>
      typeof key === "number"
        ? `[${key}]`
        : /^[\w-]+$/.test(String(key))
          ? `.${String(key)}`
          : `[${JSON.stringify(String(key))}]`,
    )
    .join("");
  return text.replace(/^\./, "") || "the file";
}

function formatPosition(lines: LineCounter, offset: number | undefined): string {
  if (offset === undefined) return "";
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}: `;
}

/** Returns the offset of the value at a path, or of the nearest value around it. */
function valueOffset(document: Document, path: Path): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0];
}

function keyOffset(document: Document, path: Path): number | undefined {
  const map = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair =
    map instanceof YAMLMap
      ? map.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)))
      : undefined;
  return isNode(pair?.key) ? pair.key.range?.[0] : valueOffset(document, path);
}
