/** Validates a chat request and opens its session, before any of the reply is sent. */
import { AppError } from "../../../../errors.ts";
import { approvalRequests } from "../../../../protocols/langchain/approval-requests.ts";
import type { LangchainChat } from "../../../../protocols/langchain/chat.ts";
import { invalidProvider, sessionNotFound } from "../../../../protocols/langchain/error-bodies.ts";
import { PROVIDER } from "../../../../protocols/langchain/provider.ts";
import { openNamedSession } from "../../../../protocols/langchain/sessions.ts";
import { validateBody } from "../../../../protocols/langchain/validation-errors.ts";
import { decodeDataUrl } from "../../../../protocols/shared/data-url.ts";
import { decodeFiles } from "../../../../turns/decode-file.ts";
import { validateTurnRequest } from "../../../../turns/turn-request.ts";
import { langchainClientWithCookie, validationErrorResponse } from "../../../_http/langchain.ts";
import type { RequestContext } from "../../../_http/types.ts";

interface StartedChat {
  readonly chat: LangchainChat;
  /** Headers of the response. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Returns a response when the request is invalid. @throws AppError */
export async function beginChat(request: Request, context: RequestContext): Promise<StartedChat | Response> {
  const { app, sessions, stateOf } = context;
  const approvals = stateOf(approvalRequests);
  const { ChatRequest } = await import("../../../../protocols/langchain/requests.ts");
  const read = validateBody(context.takeBody(), ChatRequest);
  if (read.outcome === "invalid") return validationErrorResponse(read.details);
  const body = read.value;
  const provider = body.provider ?? PROVIDER;
  if (provider !== PROVIDER) return Response.json(invalidProvider(provider), { status: 400 });
  const { client, owner, headers } = langchainClientWithCookie(request, context);
  const turnRequest = {
    caller: owner.caller,
    message: body.message,
    model: body.model ?? undefined,
    attachments: await decodeFiles(
      body.images?.map((url, index) => decodeDataUrl(url, `image-${index + 1}`)) ?? [],
    ),
    // Models on Bedrock accept temperatures up to 1.
    temperature: body.temperature == null ? undefined : Math.min(body.temperature, 1),
    maxTokens: body.max_tokens ?? undefined,
    canApprove: true,
  };
  validateTurnRequest(turnRequest, app);
  await sessions.admit(client);
  const counted = { ...turnRequest, spender: client.spender };
  const name = body.session_id ?? undefined;
  try {
    const opened = await openNamedSession(app, sessions, owner, { name });
    return { chat: { ...opened, app, sessions, approvals, request: body, turnRequest: counted }, headers };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "session_not_found") throw error;
    return Response.json(sessionNotFound(name ?? ""), { status: 404 });
  }
}
