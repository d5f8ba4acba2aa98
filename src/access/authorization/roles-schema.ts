/** The format of a roles file. */
import { z } from "zod";
import { PROTOCOLS } from "../../config/settings/server.ts";

const texts = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
  error: "must be a text or a list of texts",
});

/** An operation or another tool. All conditions must hold; of a list, one entry. */
const conditions = z
  .strictObject({
    operation: texts.optional(),
    method: texts.optional(),
    path: texts.optional(),
    tag: texts.optional(),
    api: texts.optional(),
    source: texts.optional(),
    readOnly: z.boolean().optional(),
  })
  .refine((rule) => Object.keys(rule).length > 0, "must have at least one condition");

/** `list_*`, `GET /orders/**`, `/orders/**`, or conditions. */
const rule = z.union([z.string().trim().min(1), conditions], {
  error: "must be a text such as list_*, GET /orders/** or /orders, or an object with conditions",
});
const rules = z.array(rule, { error: "must be a list" });

const positive = z.number().positive();

const limits = z.strictObject({
  requests: z
    .string()
    .regex(/^\s*[1-9]\d*\s*\/\s*(second|minute|hour)\s*$/i, "must be a rate such as 10/minute")
    .optional(),
  concurrentTurns: positive.int().optional(),
  tokensPerDay: positive.int().optional(),
  tokensPerMonth: positive.int().optional(),
  usdPerDay: positive.optional(),
  usdPerMonth: positive.optional(),
});

const role = z.strictObject({
  description: z.string().optional(),
  allow: rules.optional(),
  deny: rules.optional(),
  approval: z
    .strictObject({
      forbidden: rules.optional(),
      ask: rules.optional(),
      never: rules.optional(),
      waive: rules.optional(),
    })
    .optional(),
  models: z.array(z.string().min(1)).optional(),
  defaultModel: z.string().min(1).optional(),
  protocols: z.array(z.enum([...PROTOCOLS, "*"], `must be one of ${PROTOCOLS.join(", ")} or *`)).optional(),
  limits: limits.optional(),
});

export const RolesFile = z.strictObject({
  defaults: role.optional(),
  roles: z.record(
    z.string().min(1),
    role.extend({
      administrates: z.array(z.enum(["usage", "texts"], "must be usage or texts")).optional(),
    }),
  ),
});

export type RolesDocument = z.infer<typeof RolesFile>;
export type RoleEntry = RolesDocument["roles"][string];
export type OperationRule = z.infer<typeof rule>;
