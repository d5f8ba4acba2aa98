/** Estimates the tokens of a request that carries its history, with the system prompt and the tools of the server. */

import type { Caller } from "../access/types.ts";
import { estimateFileTokens, estimateTextTokens } from "../chat/tokens.ts";
import type { App } from "../context.ts";
import { detectContents } from "../files/contents.ts";
import { stringifyJson } from "../json.ts";
import { applyClientOverrides } from "./client-overrides.ts";
import { createClientOverrides } from "./create-client-overrides.ts";
import { decodeFile } from "./decode-file.ts";
import { permittedCatalog } from "./permitted-catalog.ts";
import type { ClientFile, ClientMessage, StatelessRequest } from "./stateless-request.ts";
import { buildTurnSystemPrompt } from "./turn-tools.ts";

/** The estimate of a file that is not here yet. */
const REMOTE_FILE_TOKENS = 1600;

/** Returns the input tokens. Nothing is fetched and no model is called. @throws AppError `bad_request` */
export async function countRequestTokens(
  request: StatelessRequest,
  app: Pick<App, "apis" | "authorizer" | "config">,
  caller: Caller,
): Promise<number> {
  const catalog = permittedCatalog(app, caller);
  const { system, toolTokens } = applyClientOverrides(
    {
      system: buildTurnSystemPrompt(app, catalog),
      tools: catalog.advertised,
      toolTokens: catalog.toolTokens,
    },
    createClientOverrides(request, catalog, app.config),
    app.config,
  );
  let tokens = estimateTextTokens(system.length) + toolTokens;
  for (const message of request.messages) tokens += await countMessageTokens(message);
  return tokens;
}

async function countMessageTokens(message: ClientMessage): Promise<number> {
  if (message.role === "assistant")
    return estimateTextTokens(message.text.length + stringifyJson(message.calls).length);
  const text = message.role === "user" ? message.text : message.content;
  let tokens = estimateTextTokens(text.length);
  for (const file of message.files ?? []) tokens += await countFileTokens(file);
  return tokens;
}

async function countFileTokens(file: ClientFile): Promise<number> {
  if ("url" in file) return REMOTE_FILE_TOKENS;
  const { bytes, mediaType, name } = "base64" in file ? await decodeFile(file) : file;
  const contents = detectContents(bytes, mediaType, name);
  return contents ? estimateFileTokens(contents, bytes.length) : 0;
}
