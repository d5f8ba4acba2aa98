/** Handlers of `ping`, `health_check` and `server_info`. */
import type { App } from "../../context.ts";
import type { RequestHandlers } from "./request-handler.ts";

/** @param listRequests returns the types of all requests that the server handles. */
export function createInfoHandlers(
  { model, now, version }: Pick<App, "model" | "now" | "version">,
  listRequests: () => readonly string[],
): RequestHandlers {
  return {
    async ping(_request, reply) {
      await reply({ type: "pong", timestamp: now().toISOString() });
    },
    async health_check(_request, reply) {
      const { status } = await model.health();
      await reply({
        result: {
          status: status === "ready" ? "healthy" : "unhealthy",
          timestamp: now().toISOString(),
          version,
          service: "specchat",
        },
      });
    },
    async server_info(_request, reply) {
      await reply({ result: { name: "specchat", version, requests: listRequests() } });
    },
  };
}
