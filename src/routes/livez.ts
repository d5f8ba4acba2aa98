/** `GET /livez`: liveness. It is 200 while the process serves requests, whatever happens to the model, the store or the API. */
import type { Route } from "./_http/types.ts";

export const livez: Route = {
  path: () => "/livez",
  access: "public",
  answersAnyHost: true,
  methods: { GET: () => Response.json({ status: "alive" }) },
};
