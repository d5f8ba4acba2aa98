/** Collects the files of a history: decodes them, and fetches those that a client names by their URLs from hosts that the settings allow. */
import { setImmediate } from "node:timers/promises";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import { isAllowedHost } from "../tools/http/allowed-hosts.ts";
import { createExecutor, type Execute } from "../tools/http/execute.ts";
import type { FileContent } from "../tools/types.ts";
import type { FetchedMessage } from "./client-messages.ts";
import { decodeFile } from "./decode-file.ts";
import type { ClientFile, ClientMessage, RemoteFile } from "./stateless-request.ts";

/** Messages of a history that takes milliseconds. */
const LONG_HISTORY = 200;
/** Different URLs in one request. */
const MAX_REMOTE_FILES = 20;
/** The limit of one file with its redirects. */
const TIMEOUT_MS = 15_000;

type FetchApp = Pick<App, "config" | "fetch" | "now" | "sleep">;

/**
 * Returns the messages with the contents of their files. Each URL is fetched once, without credentials. All of them together
 * have at most `--max-attachments-size` bytes.
 * @throws AppError `bad_request` or `message_too_long`
 */
export async function fetchFiles(
  messages: readonly ClientMessage[],
  app: FetchApp,
  signal: AbortSignal,
): Promise<readonly FetchedMessage[]> {
  // A long history was just decoded, and the start of its turn takes as long: others are served in between.
  if (messages.length > LONG_HISTORY) await setImmediate();
  const remote = messages.flatMap(filesOf).filter(isRemote);
  const byUrl = new Map(remote.map((file) => [file.url, file]));
  for (const file of byUrl.values()) checkUrl(file, app);
  if (byUrl.size > MAX_REMOTE_FILES)
    throw new AppError("bad_request", `At most ${MAX_REMOTE_FILES} files are fetched for one request.`);
  const contents = new Map<string, FileContent>();
  let remaining = app.config.maxAttachmentsSize;
  for (const file of byUrl.values()) {
    const fetched = await fetchFile(file, remaining, app, signal);
    remaining -= fetched.bytes.length;
    contents.set(file.url, fetched);
  }
  const fetched: FetchedMessage[] = [];
  for (const message of messages) {
    if (message.role === "assistant") {
      fetched.push(message);
      continue;
    }
    const files: FileContent[] = [];
    for (const file of filesOf(message)) {
      const content = isRemote(file)
        ? contents.get(file.url)
        : "base64" in file
          ? await decodeFile(file)
          : file;
      if (content) files.push(content);
    }
    fetched.push({ ...message, files });
  }
  return fetched;
}

function filesOf(message: ClientMessage): readonly ClientFile[] {
  return message.role === "assistant" ? [] : (message.files ?? []);
}

function isRemote(file: ClientFile): file is RemoteFile {
  return "url" in file;
}

function checkUrl({ url, label }: RemoteFile, { config }: Pick<App, "config">): void {
  const parsed = URL.parse(url);
  const hasCredentials = parsed !== null && `${parsed.username}${parsed.password}` !== "";
  if (!parsed || hasCredentials) throw new AppError("bad_request", `${label}: its URL is not valid.`);
  if (isAllowedHost(parsed, config.allowHosts)) return;
  throw new AppError(
    "bad_request",
    `${label}: files are not fetched from ${parsed.host}. Send the file as a base64 data: URL, or ask the operator of this server to allow that host.`,
  );
}

/** @throws AppError `bad_request` or `message_too_long` */
async function fetchFile(
  { url, label, name }: RemoteFile,
  maxBytes: number,
  app: FetchApp,
  signal: AbortSignal,
): Promise<FileContent> {
  const { host, origin, pathname } = new URL(url);
  const result = await createFileExecutor(app, maxBytes)(
    {
      request: { method: "GET", url: new URL(url).href, headers: {}, body: null },
      baseUrl: origin,
      secrets: { headers: [], query: [], cookies: [] },
    },
    signal,
  );
  const fail = (problem: string) => new AppError("bad_request", `${label}: ${problem}`);
  if (result.outcome === "failed") throw fail(result.problem);
  if (result.incomplete) throw fail(`${host} did not send it completely.`);
  if (result.status !== 200) throw fail(`${host} answered with status ${result.status}.`);
  if (result.truncated)
    throw new AppError(
      "message_too_long",
      `${label}: the files have more than ${app.config.maxAttachmentsSize} bytes, the limit of this server.`,
    );
  const [mediaType = ""] = (result.headers["content-type"] ?? "application/octet-stream").split(";");
  if (label === "image" && !/^(image\/|application\/octet-stream$)/i.test(mediaType.trim()))
    throw fail(`${host} sent ${mediaType.trim()}, which is no image.`);
  const lastSegment = decodeName(pathname.split("/").at(-1) ?? "");
  return { name: name ?? (lastSegment || label), mediaType: mediaType.trim(), bytes: result.body };
}

function createFileExecutor({ config, fetch, now, sleep }: FetchApp, maxResponseSize: number): Execute {
  return createExecutor({
    fetch,
    now: () => now().getTime(),
    sleep,
    timeoutMs: TIMEOUT_MS,
    maxResponseSize,
    allowedHosts: config.allowHosts,
  });
}

function decodeName(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
