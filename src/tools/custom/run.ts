/** One call of a module's `run`: its arguments checked as an API's are, what it returns made an answer. */
import { stringifyJson } from "../../json.ts";
import { readValues } from "../arguments/arguments.ts";
import type { Validate } from "../arguments/validator.ts";
import { describeFile, NO_CONTENT } from "../http/response.ts";
import { renameKeys } from "../schema/property-keys.ts";
import { isRecord, own } from "../schema/schema.ts";
import type { Answer, CustomCaller, CustomContext, CustomTool, FileContent } from "../types.ts";
import type { GivenParameters } from "./parameters.ts";
import type { CustomSchema } from "./schema.ts";

export interface RunOptions {
  /** The tool's. */
  readonly name: string;
  readonly schema: CustomSchema;
  readonly validate: Validate;
  readonly parse: GivenParameters["parse"];
  readonly run: (values: unknown, caller: CustomCaller, signal: AbortSignal) => unknown;
}

export function createRun({ parse, run, ...tool }: RunOptions): CustomTool["run"] {
  return withArguments(tool, async (values, { caller, signal, keepFile }) => {
    const parsed = parse ? await parse(values) : { outcome: "ready" as const, values };
    if (parsed.outcome === "refused") return refused(tool.name, parsed.problems);
    const returned = await run(parsed.values, caller, signal);
    // Nobody waits for it any more, so nobody would ever fetch its file.
    return answerOf(tool.name, returned, signal.aborted ? undefined : keepFile);
  });
}

/** Carries out what is asked for with arguments that fit the schema, and refuses others. */
export function withArguments(
  { name, schema: { inputSchema, renames }, validate }: Pick<RunOptions, "name" | "schema" | "validate">,
  carryOut: (values: Readonly<Record<string, unknown>>, context: CustomContext) => Promise<Answer>,
): CustomTool["run"] {
  return async (given, context) => {
    const read = readValues(inputSchema, given, (values) => validate(inputSchema, values));
    if (read.outcome === "refused") return refused(name, read.problems);
    return await carryOut(renamed(read.values, renames), context);
  };
}

function renamed(
  values: Readonly<Record<string, unknown>>,
  renames: CustomSchema["renames"],
): Readonly<Record<string, unknown>> {
  const restored = renameKeys(values, (key) => own(renames, key) ?? key);
  return isRecord(restored) ? restored : values;
}

function refused(name: string, problems: readonly string[]): Answer {
  return failed(
    `Nothing was done: the arguments of ${name} are not right.\n${problems.map((problem) => `- ${problem}`).join("\n")}`,
  );
}

function answerOf(name: string, returned: unknown, keepFile: CustomContext["keepFile"]): Answer {
  if (typeof returned === "string") return ok(returned);
  if (isRecord(returned) && isRecord(returned.file) && Object.keys(returned).length === 1)
    return fileAnswer(name, returned.file, keepFile);
  if (returned === undefined) return ok("");
  const text: string | undefined = stringifyJson(returned);
  return text === undefined ? failed(`${name} answered with what is no JSON.`) : ok(text);
}

function fileAnswer(
  name: string,
  file: Readonly<Record<string, unknown>>,
  keepFile: CustomContext["keepFile"],
): Answer {
  const content = fileContent(file);
  if (!content)
    return failed(
      `${name} answered with a file that lacks a name, a media type (type/subtype) or its bytes.`,
    );
  const kept = keepFile?.(content);
  return { ...ok(describeFile(content, content.bytes.length, kept)), ...(kept && { file: kept }) };
}

function fileContent({ name, mediaType, bytes }: Readonly<Record<string, unknown>>): FileContent | undefined {
  if (typeof name !== "string" || typeof mediaType !== "string" || !(bytes instanceof Uint8Array))
    return undefined;
  const ownName = name.split(/[/\\]/).at(-1) ?? "";
  return ownName !== "" && MEDIA_TYPE.test(mediaType) ? { name: ownName, mediaType, bytes } : undefined;
}

/** Without parameters: https://www.rfc-editor.org/rfc/rfc6838#section-4.2 */
const MEDIA_TYPE = /^[a-z0-9][\w!#$&^.+-]*\/[a-z0-9][\w!#$&^.+-]*$/i;

function ok(text: string): Answer {
  return { status: "ok", content: text === "" ? NO_CONTENT : text };
}

function failed(content: string): Answer {
  return { status: "failed", content };
}
