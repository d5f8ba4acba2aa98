/** Reads the body of an API response and masks the credentials that it repeats. A long one is read in a worker. */
import {
  MAX_INLINE_LENGTH,
  runInWorker,
  type WorkerOptions,
  type WorkerTask,
} from "../../workers/worker-pool.ts";
import { maskSecretBytes, maskSecrets } from "./mask-secrets.ts";
import { readResponseBody } from "./response-body.ts";
import type { HttpResult } from "./types.ts";

/** The worker's module within the executable, which has all modules in one folder. Set by the build. */
declare const HTTP_WORKER: string | undefined;

export type MaskedBody =
  | {
      readonly type: "text";
      /** As the API sent it. */
      readonly text: string;
      /** Without the credentials. The same text when it repeats none. */
      readonly masked: string;
    }
  /** A file, without the credentials. */
  | {
      readonly type: "file";
      readonly mediaType: string;
      readonly name: string | undefined;
      readonly bytes: Uint8Array;
    };

export type ReceivedBody = Pick<Extract<HttpResult, { outcome: "received" }>, "headers" | "body">;

/** The tasks of the worker, each with what it needs beside its data. */
export interface HttpTasks {
  readonly readBody: {
    readonly headers: Readonly<Record<string, string>>;
    readonly secrets: readonly string[];
  };
  readonly mask: { readonly secrets: readonly string[] };
}

export function maskBody({ body, headers }: ReceivedBody, secrets: readonly string[]): MaskedBody {
  const read = readResponseBody(body, headers);
  if (read.type === "text") return { ...read, masked: maskSecrets(read.text, secrets) };
  const name = read.name === undefined ? undefined : maskSecrets(read.name, secrets);
  return { ...read, name, bytes: maskSecretBytes(body, secrets) };
}

/**
 * Reads a body. A long one is handed over to a worker: the caller loses its bytes.
 * @throws Error when the worker fails.
 */
export async function readMaskedBody(
  { body, headers }: ReceivedBody,
  secrets: readonly string[],
  options: WorkerOptions,
): Promise<MaskedBody> {
  if (body.length <= MAX_INLINE_LENGTH) return maskBody({ body, headers }, secrets);
  const { texts, output } = await runTask("readBody", [body], { headers, secrets }, options);
  const [text, masked = text] = texts;
  return text === undefined || masked === undefined
    ? (output as MaskedBody & { type: "file" })
    : { type: "text", text, masked };
}

/** Masks the secrets in a text, a long one in a worker. Never rejects: a text that could not be masked is left out. */
export async function maskInWorker(
  text: string,
  secrets: readonly string[],
  options: WorkerOptions,
): Promise<string> {
  if (secrets.length === 0 || text.length <= MAX_INLINE_LENGTH) return maskSecrets(text, secrets);
  try {
    return (await runTask("mask", text, { secrets }, options)).texts.join("");
  } catch (error) {
    return `(left out: its credentials could not be masked: ${error instanceof Error ? error.message : error})`;
  }
}

/** @throws Error when the worker fails. */
async function runTask<Name extends keyof HttpTasks>(
  name: Name,
  data: WorkerTask["data"],
  input: HttpTasks[Name],
  options: WorkerOptions,
) {
  const path = typeof HTTP_WORKER === "string" ? HTTP_WORKER : "./worker.ts";
  const done = await runInWorker(new URL(path, import.meta.url), { name, data, input }, options);
  if (done.outcome === "failed") throw new Error(done.problem);
  return done;
}
