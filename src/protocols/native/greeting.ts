/** The first frame of a connection: the session, the models and what the user can start with. */
import type { SessionId } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import type { Credentials } from "../../tools/auth/types.ts";
import { suggestPrompts } from "../../tools/catalog/suggest-prompts.ts";
import { listSignInOptions } from "./sign-in.ts";
import { MAX_ATTACHMENTS, type ServerFrame } from "./types.ts";

export interface GreetedSession {
  readonly id: SessionId;
  readonly credentials: Credentials;
  readonly resumed: boolean;
}

export function encodeGreeting(
  { modelId, models, apis, config, notice }: Pick<App, "modelId" | "models" | "apis" | "config" | "notice">,
  { id, credentials, resumed }: GreetedSession,
): ServerFrame {
  return {
    type: "connection_established",
    session_id: id,
    message: "Connected to AI assistant",
    model: modelId,
    models,
    tools: apis.current.tools.length,
    resumed,
    ...(notice !== undefined && { notice }),
    attachments: { max_files: MAX_ATTACHMENTS, max_bytes: config.maxAttachmentsSize },
    ...conversationStarters(apis, credentials),
  };
}

/** Returns example prompts and sign-in options. */
function conversationStarters({ current }: App["apis"], credentials: Credentials) {
  const { describedApis, toolbox } = current;
  const titles = Object.fromEntries(
    describedApis.map(({ api, description }) => [api.name, description.title]),
  );
  const examples = suggestPrompts(toolbox.tools);
  const signIn = listSignInOptions(toolbox.tools, titles, credentials);
  return { ...(examples.length > 0 && { examples }), ...(signIn.length > 0 && { sign_in: signIn }) };
}
