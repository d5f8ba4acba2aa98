import { z } from "zod";
import { Problem, type ProblemStatus, toFieldErrors } from "./problem.ts";
import type { ShopState } from "./state.ts";

export type ShopMethod = "GET" | "POST" | "PATCH" | "DELETE";

/** What a handler answers; `body` is sent as JSON, a missing one as an empty answer. */
export interface ShopResponse {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request's values before validation: query texts already turned into numbers and booleans where declared. */
export interface RawInput {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** The request's own path and query, for the links of a list. */
  readonly url: URL;
}

interface OperationInfo {
  readonly method: ShopMethod;
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** What a successful answer is; `schema` names one of the document's component schemas. */
  readonly success: {
    readonly status: 200 | 201 | 204;
    readonly description: string;
    readonly schema?: string;
  };
  /** Refusals beside those every operation has. */
  readonly problems: readonly ProblemStatus[];
}

/** An operation as the router and the document see it. */
export interface ShopOperation extends OperationInfo {
  readonly parameters: { readonly path: z.ZodObject; readonly query: z.ZodObject };
  readonly requestBody?: { readonly schema: string; readonly required: boolean };
  /** @throws Problem 422 when the input is invalid, and whatever the handler refuses. */
  run(input: RawInput, shop: ShopState): ShopResponse;
}

const NO_PARAMETERS = z.object({});

/** Declares an operation: its input is validated by the very schemas that the document is written from. */
export function defineOperation<
  Path extends z.ZodObject = typeof NO_PARAMETERS,
  Query extends z.ZodObject = typeof NO_PARAMETERS,
  Body extends z.ZodType = z.ZodUnknown,
>(
  definition: OperationInfo & {
    readonly params?: Path;
    readonly query?: Query;
    /** `schema` is its name among the document's components. */
    readonly body?: { readonly schema: string; readonly type: Body; readonly required?: boolean };
    handle(
      input: { path: z.infer<Path>; query: z.infer<Query>; body: z.infer<Body>; url: URL },
      shop: ShopState,
    ): ShopResponse;
  },
): ShopOperation {
  const { params, query, body, handle, ...info } = definition;
  const types = {
    path: params ?? NO_PARAMETERS,
    query: query ?? NO_PARAMETERS,
    body: body?.type ?? z.unknown(),
  };
  return {
    ...info,
    parameters: { path: types.path, query: types.query },
    ...(body ? { requestBody: { schema: body.schema, required: body.required ?? true } } : {}),
    run(input, shop) {
      const path = types.path.safeParse(input.path);
      const queryValues = types.query.safeParse(input.query);
      const bodyValue = types.body.safeParse(input.body);
      if (path.success && queryValues.success && bodyValue.success) {
        const values = { path: path.data, query: queryValues.data, body: bodyValue.data, url: input.url };
        // The schemas above are the declared ones; only their generic defaults are lost on the compiler.
        return handle(values as Parameters<typeof handle>[0], shop);
      }
      const issues = [path, queryValues, bodyValue].flatMap((part) => part.error?.issues ?? []);
      throw new Problem(422, "The request has invalid fields.", { errors: toFieldErrors(issues) });
    },
  };
}
