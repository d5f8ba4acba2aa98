/** A question of contract 002, checked before anything of its answer is sent. */
import { rateLimitKey } from "../../../../access/client.ts";
import { AppError } from "../../../../errors.ts";
import { type LangchainChat, openNamedSession } from "../../../../protocols/langchain/chat.ts";
import {
  ChatRequest,
  invalidProvider,
  PROVIDER,
  sessionNotFound,
} from "../../../../protocols/langchain/codec.ts";
import { validateBody } from "../../../../protocols/langchain/validation-errors.ts";
import { decodeDataUrl } from "../../../../protocols/shared/data-url.ts";
import { validateTurnRequest } from "../../../../turns/turn-request.ts";
import { langchainClientWithCookie, validationErrorResponse } from "../../../_http/langchain.ts";
import type { RequestContext } from "../../../_http/types.ts";

interface StartedChat {
  readonly chat: LangchainChat;
  /** Of the answer. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A response says what is wrong with it. @throws AppError */
export async function beginChat(request: Request, context: RequestContext): Promise<StartedChat | Response> {
  const { app, approvals, sessions } = context;
  const read = validateBody(await request.text(), ChatRequest);
  if (read.outcome === "invalid") return validationErrorResponse(read.details);
  const body = read.value;
  const provider = body.provider ?? PROVIDER;
  if (provider !== PROVIDER) return Response.json(invalidProvider(provider), { status: 400 });
  const turnRequest = {
    message: body.message,
    model: body.model ?? undefined,
    attachments: body.images?.map((url, index) => decodeDataUrl(url, `image-${index + 1}`)),
    // The models of Bedrock know no temperature above 1.
    temperature: body.temperature == null ? undefined : Math.min(body.temperature, 1),
    maxTokens: body.max_tokens ?? undefined,
    canApprove: true,
  };
  validateTurnRequest(turnRequest, app, 0);
  const { client, owner, headers } = langchainClientWithCookie(request, context);
  await sessions.admit(rateLimitKey(client));
  const name = body.session_id ?? undefined;
  try {
    const opened = await openNamedSession(app, sessions, owner, { name });
    return { chat: { ...opened, app, sessions, approvals, request: body, turnRequest }, headers };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "session_not_found") throw error;
    return Response.json(sessionNotFound(name ?? ""), { status: 404 });
  }
}
