/** The completions protocol: one user message per frame in, its reply as frames out. Pure. `src/protocols/completions/PROTOCOL.md` */
import { z } from "zod";
import type { Usage } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import { describeProblem, parseClientJson } from "../shared/client-json.ts";
import { sumTokens } from "../shared/dialogue.ts";
import type { ClientText } from "../shared/long-json.ts";

/** A message of either version of the protocol: with a session, or with a user and a chat. */
const MessageFrame = z
  .object({
    question: z.string().refine((text) => text.trim() !== "", "must not be empty"),
    session_id: z.string().min(1).max(200).nullish(),
    user_id: z.string().min(1).max(200).nullish(),
    chat_id: z.string().min(1).max(200).nullish(),
  })
  .refine(({ session_id, user_id, chat_id }) => (session_id ?? user_id ?? chat_id) != null, {
    path: ["session_id"],
    message: "is required, unless there is a user_id",
  });

export interface CompletionsMessage {
  readonly text: string;
  readonly sessionId: string | undefined;
  readonly userId: string | undefined;
  readonly chatId: string | undefined;
}

/** @param text undefined for a binary frame. @throws AppError `bad_frame` that names the field. */
export function decodeMessage(text: ClientText | undefined): CompletionsMessage {
  if (text === undefined) throw new AppError("bad_frame", "Frames are text; this one was binary.");
  let value: unknown;
  try {
    value = parseClientJson(text, "bad_frame");
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("bad_frame", "The frame is not valid JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new AppError("bad_frame", "A frame is a JSON object.");
  const read = MessageFrame.safeParse(value);
  if (!read.success) throw new AppError("bad_frame", describeProblem(read.error));
  const { question, session_id, user_id, chat_id } = read.data;
  return {
    text: question,
    sessionId: session_id ?? undefined,
    userId: user_id ?? undefined,
    chatId: chat_id ?? undefined,
  };
}

/** The ids that the client sent or was assigned. `chatId` is absent when the client uses sessions only. */
export interface CompletionsSessionIds {
  readonly sessionId: string;
  readonly chatId?: string;
}

export function encodeStartFrame(ids: CompletionsSessionIds) {
  return { type: "start", ...encodeSessionIds(ids) };
}

export function encodeTokenFrame(text: string) {
  return { type: "token", text };
}

export function encodeEndFrame(ids: CompletionsSessionIds, text: string, usage: Usage) {
  const { input, output } = sumTokens([usage]);
  return {
    type: "end",
    ...encodeSessionIds(ids),
    usage: { input_tokens: input, output_tokens: output, total_tokens: input + output },
    full_text: text,
  };
}

export function encodeErrorFrame(message: string) {
  return { type: "error", message };
}

function encodeSessionIds({ sessionId, chatId }: CompletionsSessionIds) {
  return { session_id: sessionId, ...(chatId !== undefined && { chat_id: chatId }) };
}
