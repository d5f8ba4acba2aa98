/** Loads the tool modules of `--tools-dir`. They are trusted code and run in the server's process. */
import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { StartError } from "../../errors.ts";
import { createValidator } from "../arguments/validator.ts";
import type { CustomTool } from "../types.ts";
import { readTool } from "./definition.ts";

export interface LoadedTools {
  /** In the order of their file names. */
  readonly tools: readonly CustomTool[];
  /** One line for each file that is not loaded: `tools-dir x.tool.ts: REASON`. */
  readonly problems: readonly string[];
}

export const NO_TOOLS: LoadedTools = { tools: [], problems: [] };

const MODULE_FILE = /\.tool\.m?[jt]s$/;

/**
 * Loads the tools of a folder. An invalid module is a problem and does not affect the others.
 * @param timeoutMs The limit of each import.
 * @throws StartError when the folder cannot be read.
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
        ? "the folder does not exist"
        : code === "ENOTDIR"
          ? "not a folder"
          : `cannot be read (${code ?? describeError(error)})`;
    throw new StartError(`--tools-dir ${folder}: ${reason}`);
  }
}

/** Imports a module with a time limit, since a top-level await can wait forever. */
async function importWithTimeout(path: string, timeoutMs: number): Promise<{ readonly default?: unknown }> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => timeout.reject(new Error(`the import takes longer than ${timeoutMs / 1000} s (--timeout)`)),
    timeoutMs,
  );
  try {
    return await Promise.race([import(pathToFileURL(path).href), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Describes an error on one line. Bun's syntax errors have a position and are not instances of Error. */
function describeError(error: unknown): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  const { message = String(first), position } = (first ?? {}) as {
    readonly message?: string;
    readonly position?: { readonly line: number } | null;
  };
  const text = message.replace(/\s+/g, " ").trim();
  return position ? `line ${position.line}: ${text}` : text;
}
