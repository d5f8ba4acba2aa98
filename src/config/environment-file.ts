/** Reads the file of `--environment-file`, as systemd writes and reads it. https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile= */
import type { readArguments } from "./arguments.ts";
import { type Environment, findVariables } from "./variables.ts";

export interface EnvironmentFile {
  readonly variables: Readonly<Record<string, string>>;
  readonly errors: readonly string[];
}

/** Returns the variables of the file that a flag or a variable names; none without one. */
export function readEnvironmentFile(
  args: ReturnType<typeof readArguments>,
  environment: Environment,
  readFile: (path: string) => string | undefined,
): EnvironmentFile {
  const path =
    args.settings.get("environmentFile")?.texts.at(-1) ??
    findVariables("environmentFile", [{ label: "environment", variables: environment }])[0]?.texts[0];
  if (path === undefined) return { variables: {}, errors: [] };
  const text = readFile(path);
  if (text === undefined) return { variables: {}, errors: [`environmentFile: file not found: ${path}`] };
  return { variables: parseEnvironmentFile(text), errors: [] };
}

const ASSIGNMENT =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)=((?:"(?:[^"\\]|\\[\s\S])*"|'[^']*'|\\[\s\S]|[^\n"'\\])*)/gm;
const PART = /"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'|\\([\s\S])|([^"'\\]+)/g;

/** Parses assignments. Quotes are as in a shell: `\` escapes in double quotes, and nothing in single ones. */
export function parseEnvironmentFile(text: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const [, name = "", value = ""] of text.replaceAll("\r\n", "\n").matchAll(ASSIGNMENT))
    variables[name] = value.trim().replace(PART, (_, double, single, escaped, plain) => {
      if (double !== undefined)
        return double.replace(/\\(["\\$`\n])/g, (_: string, mark: string) => (mark === "\n" ? "" : mark));
      return single ?? plain ?? (escaped === "\n" ? "" : escaped);
    });
  return variables;
}
