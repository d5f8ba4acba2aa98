/** The types of a request handler: it receives a request and sends frames under the request's `id`. */
import type { DashboardRequest } from "./codec.ts";

/** Sends a frame. Resolves when the next one may follow. */
export type Reply = (frame: object) => Promise<void>;

export type RequestHandler = (request: DashboardRequest, reply: Reply) => Promise<void>;

/** Handlers by request type. */
export type RequestHandlers = Readonly<Record<string, RequestHandler>>;
