/** Adapts a module's `run`: validates the arguments and converts the return value to tool output. */
import { stringifyJson } from "../../json.ts";
import { type ParsedArguments, readValues } from "../arguments/arguments.ts";
import type { Validate } from "../arguments/validator.ts";
import { describeFile, NO_CONTENT } from "../http/response.ts";
import { renameDeclaredKeys } from "../schema/declared-keys.ts";
import { getOwn, isRecord } from "../schema/schema.ts";
import type { CustomCaller, CustomContext, CustomTool, FileContent, ToolOutput } from "../types.ts";
import type { ToolParameters } from "./parameters.ts";
import type { CustomSchema } from "./schema.ts";

export interface RunOptions {
  /** The tool's name. */
  readonly name: string;
  readonly schema: CustomSchema;
  readonly validate: Validate;
  readonly parse: ToolParameters["parse"];
  readonly run: (values: unknown, caller: CustomCaller, signal: AbortSignal) => unknown;
}

export function createRun({ parse, run, ...tool }: RunOptions): CustomTool["run"] {
  return withValidatedArguments(tool, async (values, { caller, signal, saveFile }) => {
    const parsed = parse ? await parse(values) : { outcome: "ready" as const, values };
    if (parsed.outcome === "refused") return refuse(tool.name, parsed.problems);
    const returned = await run(parsed.values, caller, signal);
    // The call was stopped, so nobody can download its file.
    return toOutput(tool.name, returned, signal.aborted ? undefined : saveFile);
  });
}

/** Creates a `run` that calls `execute` with valid arguments and refuses others. */
export function withValidatedArguments(
  { name, ...tool }: Pick<RunOptions, "name" | "schema" | "validate">,
  execute: (values: Readonly<Record<string, unknown>>, context: CustomContext) => Promise<ToolOutput>,
): CustomTool["run"] {
  return async (input, context) => {
    const parsed = readCustomArguments(tool, input);
    if (parsed.outcome === "refused") return refuse(name, parsed.problems);
    return await execute(parsed.values, context);
  };
}

/** Coerces and validates arguments, and restores the keys of the tool. */
export function readCustomArguments(
  { schema, validate }: Pick<RunOptions, "schema" | "validate">,
  input: Readonly<Record<string, unknown>>,
): ParsedArguments {
  const { inputSchema } = schema;
  const parsed = readValues(inputSchema, input, (values) => validate(inputSchema, values));
  if (parsed.outcome === "refused") return parsed;
  return { ...parsed, values: withOriginalKeys(parsed.values, schema) };
}

export function withOriginalKeys(
  values: Readonly<Record<string, unknown>>,
  { inputSchema, originalKeys }: CustomSchema,
): Readonly<Record<string, unknown>> {
  const definitions = isRecord(inputSchema.$defs) ? inputSchema.$defs : {};
  const originalKey = (key: string) => getOwn(originalKeys, key) ?? key;
  const restored = renameDeclaredKeys(values, inputSchema, definitions, originalKey);
  return isRecord(restored) ? restored : values;
}

function refuse(name: string, problems: readonly string[]): ToolOutput {
  return fail(
    `Tool not run: invalid arguments for ${name}.\n${problems.map((problem) => `- ${problem}`).join("\n")}`,
  );
}

function toOutput(name: string, returned: unknown, saveFile: CustomContext["saveFile"]): ToolOutput {
  if (typeof returned === "string") return succeed(returned);
  if (isRecord(returned) && isRecord(returned.file) && Object.keys(returned).length === 1)
    return toFileOutput(name, returned.file, saveFile);
  if (returned === undefined) return succeed("");
  const text: string | undefined = stringifyJson(returned);
  return text === undefined ? fail(`${name} returned a value that JSON cannot represent.`) : succeed(text);
}

function toFileOutput(
  name: string,
  file: Readonly<Record<string, unknown>>,
  saveFile: CustomContext["saveFile"],
): ToolOutput {
  const content = parseFileContent(file);
  if (!content) return fail(`${name} returned a file without a name, a media type (type/subtype) or bytes.`);
  const savedFile = saveFile?.(content);
  return {
    ...succeed(describeFile(content, content.bytes.length, savedFile)),
    ...(savedFile && { file: savedFile }),
  };
}

function parseFileContent({
  name,
  mediaType,
  bytes,
}: Readonly<Record<string, unknown>>): FileContent | undefined {
  if (typeof name !== "string" || typeof mediaType !== "string" || !(bytes instanceof Uint8Array))
    return undefined;
  const baseName = name.split(/[/\\]/).at(-1) ?? "";
  return baseName !== "" && MEDIA_TYPE.test(mediaType) ? { name: baseName, mediaType, bytes } : undefined;
}

/** A media type without parameters: https://www.rfc-editor.org/rfc/rfc6838#section-4.2 */
const MEDIA_TYPE = /^[a-z0-9][\w!#$&^.+-]*\/[a-z0-9][\w!#$&^.+-]*$/i;

function succeed(text: string): ToolOutput {
  return { status: "ok", content: text === "" ? NO_CONTENT : text };
}

function fail(content: string): ToolOutput {
  return { status: "failed", content };
}
