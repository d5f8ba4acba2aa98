/** The first frame of a connection: the session, the models and what the user can start with. */
import type { Caller } from "../../access/types.ts";
import type { ToolCatalog } from "../../apis/load-apis.ts";
import type { SessionId } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import type { Credentials } from "../../tools/auth/types.ts";
import { suggestPrompts } from "../../tools/catalog/suggest-prompts.ts";
import type { Tool } from "../../tools/types.ts";
import { permittedCatalog } from "../../turns/permitted-catalog.ts";
import { permittedModels } from "../../turns/permitted-models.ts";
import { listSignInOptions } from "./sign-in.ts";
import { MAX_ATTACHMENTS, type ServerFrame } from "./types.ts";

export interface GreetedSession {
  readonly id: SessionId;
  readonly credentials: Credentials;
  readonly resumed: boolean;
}

type GreetingApp = Pick<App, "apis" | "authorizer" | "config" | "modelId" | "models" | "notice">;

export function encodeGreeting(
  app: GreetingApp,
  caller: Caller,
  { id, credentials, resumed }: GreetedSession,
): ServerFrame {
  const { config, notice } = app;
  const catalog = permittedCatalog(app, caller);
  const models = permittedModels(app, caller);
  return {
    type: "connection_established",
    session_id: id,
    message: "Connected to AI assistant",
    model: models[0] ?? app.modelId,
    models,
    tools: catalog.tools.length,
    resumed,
    ...(notice !== undefined && { notice }),
    attachments: { max_files: MAX_ATTACHMENTS, max_bytes: config.maxAttachmentsSize },
    ...conversationStarters(catalog, credentials),
  };
}

/** The example prompts of the tools of one version, which every socket is greeted with. */
const examplesOf = new WeakMap<readonly Tool[], readonly string[]>();

/** Returns example prompts and sign-in options. */
function conversationStarters({ describedApis, toolbox }: ToolCatalog, credentials: Credentials) {
  const titles = Object.fromEntries(
    describedApis.map(({ api, description }) => [api.name, description.title]),
  );
  const examples = examplesOf.getOrInsertComputed(toolbox.tools, suggestPrompts);
  const signIn = listSignInOptions(toolbox.tools, titles, credentials);
  return { ...(examples.length > 0 && { examples }), ...(signIn.length > 0 && { sign_in: signIn }) };
}
