/** The format of a roles file. */
import { z } from "zod";
import { parseLimits } from "../../config/limits.ts";
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

/** `10/minute, 2 turns`, or a list of such texts. */
const limits = texts.transform((value, context) => {
  try {
    return parseLimits([value].flat().join(","));
  } catch (error) {
    context.addIssue({
      code: "custom",
      message: `must be ${error instanceof Error ? error.message : error}`,
    });
    return z.NEVER;
  }
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

export const RolesFile = z.strictObject(
  {
    defaults: role.optional(),
    roles: z.record(
      z.string().min(1),
      role.extend({
        administrates: z.array(z.enum(["usage", "texts"], "must be usage or texts")).optional(),
      }),
      "must be a mapping of names to roles",
    ),
  },
  { error: ({ code }) => (code === "invalid_type" ? "must be a mapping with the field roles" : undefined) },
);

export type RolesDocument = z.infer<typeof RolesFile>;
export type RoleEntry = RolesDocument["roles"][string];
export type OperationRule = z.infer<typeof rule>;
