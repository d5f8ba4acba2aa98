/**
 * `Idempotency-Key` of POST requests, as in draft-ietf-httpapi-idempotency-key-header: a second request with the key of a first
 * one is not run. It receives the response of the first, also while that is still streamed. While another process streams it,
 * the second request is refused with 409.
 */

import type { ProtocolState } from "../../protocols/shared/protocol-state.ts";
import { clientFor } from "./client.ts";
import { IdempotentResponses } from "./idempotent-responses.ts";
import { takeOnce } from "./request-body.ts";
import { ResponseRecords } from "./response-records.ts";
import type { Handler, RequestContext } from "./types.ts";

/** Runs the handler unless the key was used before. The handler goes on when its client disconnects. */
export async function respondOnce(
  key: string,
  handler: Handler,
  request: Request,
  context: RequestContext,
): Promise<Response | undefined> {
  const { headers } = request;
  const client = clientFor(request, context);
  const user = client.caller.kind === "anonymous" ? client.fingerprint : client.caller.id;
  const identity = [
    user,
    client.caller.kind === "anonymous" ? client.address : client.caller.id,
    headers.get("authorization"),
    headers.get("x-user-id"),
  ];
  // Processes behind one name may have addresses of their own.
  const scope = JSON.stringify([...identity, context.url.pathname, context.url.search]);
  const body = context.takeBody();
  const detached = { ...context, signal: new AbortController().signal, takeBody: takeOnce(body) };
  return await context
    .stateOf(idempotentResponses)
    .respond(
      { scope, key, body, signal: request.signal },
      async (onFailure) => await handler(request, { ...detached, onFailure }),
    );
}

const idempotentResponses: ProtocolState<IdempotentResponses> = {
  create: (app) =>
    new IdempotentResponses(
      () => app.now().getTime(),
      // A store in memory has no other process, and room for conversations only.
      app.config.store === "memory" ? undefined : new ResponseRecords(app),
    ),
  // Turns that outlast the grace are stopped, which ends their responses soon after.
  stop: (responses, graceMs) => responses.settle(graceMs + 1000),
};
