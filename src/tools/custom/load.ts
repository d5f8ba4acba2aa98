/** The modules of `--tools-dir`: found, imported, and read as tools. They are trusted: they run as part of the server. */
import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { StartError } from "../../errors.ts";
import { createValidator } from "../arguments/validator.ts";
import type { CustomTool } from "../types.ts";
import { readTool } from "./definition.ts";

export interface LoadedTools {
  /** In the order of their files' names. */
  readonly tools: readonly CustomTool[];
  /** `tools-dir x.tool.ts: why`, for each file that is left out. */
  readonly problems: readonly string[];
}

export const NO_TOOLS: LoadedTools = { tools: [], problems: [] };

const MODULE_FILE = /\.tool\.m?[jt]s$/;

/**
 * `timeoutMs`: what each import may take. A file that is no tool is a problem, and the others are not concerned.
 * @throws StartError: the folder cannot be read.
 */
export async function loadTools(folder: string, timeoutMs: number): Promise<LoadedTools> {
  const files = (await listFiles(folder)).filter((file) => MODULE_FILE.test(file)).toSorted();
  const validate = createValidator();
  const tools: CustomTool[] = [];
  const problems: string[] = [];
  const imported = files.map((file) => importWithTimeout(resolve(folder, file), timeoutMs));
  const modules = await Promise.allSettled(imported);
  for (const [index, module] of modules.entries()) {
    const file = files[index] ?? "";
    try {
      if (module.status === "rejected") throw module.reason;
      tools.push(readTool(module.value.default, file, validate));
    } catch (error) {
      problems.push(`tools-dir ${file}: ${describeError(error)}`);
    }
  }
  return { tools, problems };
}

async function listFiles(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const reason =
      code === "ENOENT"
        ? "there is no such folder"
        : code === "ENOTDIR"
          ? "it is no folder"
          : `it cannot be read (${code ?? describeError(error)})`;
    throw new StartError(`--tools-dir ${folder}: ${reason}`);
  }
}

/** A module that waits for something at its top level may wait for ever. */
async function importWithTimeout(path: string, timeoutMs: number): Promise<{ readonly default?: unknown }> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => timeout.reject(new Error(`its import takes longer than ${timeoutMs / 1000} s (--timeout)`)),
    timeoutMs,
  );
  try {
    return await Promise.race([import(pathToFileURL(path).href), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** On one line. The runtime's messages on syntax say where; they are no instances of Error. */
function describeError(error: unknown): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  const { message = String(first), position } = (first ?? {}) as {
    readonly message?: string;
    readonly position?: { readonly line: number } | null;
  };
  const text = message.replace(/\s+/g, " ").trim();
  return position ? `line ${position.line}: ${text}` : text;
}
