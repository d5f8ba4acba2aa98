/**
 * The format of an export: one JSON value per line. The first line is the header. Each session is one line, followed by
 * `messageCount` lines with its messages.
 */
import { z } from "zod";

export const HEADER = { format: "specchat sessions", version: 1 } as const;

export const HeaderLine = z.looseObject({ format: z.literal(HEADER.format), version: z.number() });

export const SessionLine = z.looseObject({
  session: z.looseObject({
    id: z.string().min(1),
    owner: z.string().min(1),
    createdBy: z.looseObject({ user: z.string(), organization: z.string().optional() }).optional(),
    createdAt: z.string(),
    updatedAt: z.string(),
    title: z.string(),
    allowed: z.array(z.string()),
    seq: z.int(),
    spent: z.array(z.looseObject({ model: z.string() })),
    feedback: z.record(z.string(), z.looseObject({ rating: z.enum(["up", "down"]) })).optional(),
    turn: z.looseObject({ status: z.enum(["running", "waiting"]) }).optional(),
  }),
  messageCount: z.int().min(0),
  summary: z.looseObject({ through: z.int(), text: z.string(), at: z.string() }).optional(),
});

export const MessageLine = z.looseObject({
  message: z.looseObject({ role: z.enum(["user", "assistant", "results"]), id: z.string(), at: z.string() }),
});
