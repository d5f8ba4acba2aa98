/** The dialect of Chat With Stream: a question a frame in, its answer in frames out. Pure. */
import { z } from "zod";
import type { Usage } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import { tokensOf } from "../shared/dialogue.ts";

/** Of two versions: one knows sessions alone, the other users and their chats. */
const Question = z
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

export interface CompletionQuestion {
  readonly question: string;
  readonly sessionId: string | undefined;
  readonly userId: string | undefined;
  readonly chatId: string | undefined;
}

/** `text`: undefined for a binary frame. @throws AppError `bad_frame`, naming the field. */
export function decodeQuestion(text: string | undefined): CompletionQuestion {
  if (text === undefined) throw new AppError("bad_frame", "Frames are text; this one was binary.");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError("bad_frame", "The frame is not valid JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new AppError("bad_frame", "A frame is a JSON object.");
  const read = Question.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new AppError("bad_frame", `${issue?.path.join(".")}: ${issue?.message}`);
  }
  const { question, session_id, user_id, chat_id } = read.data;
  return {
    question,
    sessionId: session_id ?? undefined,
    userId: user_id ?? undefined,
    chatId: chat_id ?? undefined,
  };
}

/** As the client named it, or was given; `chatId` only where it knows of chats. */
export interface CompletionPlace {
  readonly sessionId: string;
  readonly chatId?: string;
}

export function startFrame(place: CompletionPlace) {
  return { type: "start", ...placeFields(place) };
}

export function tokenFrame(text: string) {
  return { type: "token", text };
}

export function endFrame(place: CompletionPlace, text: string, usage: Usage) {
  const { input, output } = tokensOf([usage]);
  return {
    type: "end",
    ...placeFields(place),
    usage: { input_tokens: input, output_tokens: output, total_tokens: input + output },
    full_text: text,
  };
}

export function errorFrame(message: string) {
  return { type: "error", message };
}

function placeFields({ sessionId, chatId }: CompletionPlace) {
  return { session_id: sessionId, ...(chatId !== undefined && { chat_id: chatId }) };
}
