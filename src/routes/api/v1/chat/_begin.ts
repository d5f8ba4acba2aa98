/** A question of contract 002, checked before anything of its answer is sent. */
import { limitKey } from "../../../../access/client.ts";
import { AppError } from "../../../../errors.ts";
import { type Chat, openNamed } from "../../../../protocols/langchain/chat.ts";
import {
  ChatRequest,
  invalidProvider,
  PROVIDER,
  sessionNotFound,
} from "../../../../protocols/langchain/codec.ts";
import { validateBody } from "../../../../protocols/langchain/validation-errors.ts";
import { fileOfDataUrl } from "../../../../protocols/shared/data-url.ts";
import { checkQuestion } from "../../../../turns/turn-request.ts";
import { invalid, langchainOwner } from "../../../_http/langchain.ts";
import type { Visit } from "../../../_http/types.ts";

interface Begun {
  readonly chat: Chat;
  /** Of the answer. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A response says what is wrong with it. @throws AppError */
export async function begin(request: Request, visit: Visit): Promise<Begun | Response> {
  const { app, approvals, sessions } = visit;
  const read = validateBody(await request.text(), ChatRequest);
  if (read.outcome === "invalid") return invalid(read.details);
  const asked = read.value;
  const provider = asked.provider ?? PROVIDER;
  if (provider !== PROVIDER) return Response.json(invalidProvider(provider), { status: 400 });
  const question = {
    message: asked.message,
    model: asked.model ?? undefined,
    attachments: asked.images?.map((url, index) => fileOfDataUrl(url, `image-${index + 1}`)),
    // The models of Bedrock know no temperature above 1.
    temperature: asked.temperature == null ? undefined : Math.min(asked.temperature, 1),
    maxTokens: asked.max_tokens ?? undefined,
    canAsk: true,
  };
  checkQuestion(question, app, 0);
  const { client, owner, headers } = langchainOwner(request, visit);
  await sessions.admit(limitKey(client));
  const name = asked.session_id ?? undefined;
  try {
    const opened = await openNamed(app, sessions, owner, { name });
    return { chat: { ...opened, app, sessions, approvals, asked, question }, headers };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "session_not_found") throw error;
    return Response.json(sessionNotFound(name ?? ""), { status: 404 });
  }
}
