/** `POST {base}/account/renew`: extends the session of the page before it expires. */
import { userCaller } from "../../../access/caller.ts";
import { accountPath, isPageServed } from "../../../config/paths.ts";
import { browserRequest, encodeUser, respondToBrowser, signInOf } from "../../_http/browser-sign-in.ts";
import type { Route } from "../../_http/types.ts";

export const renewSession: Route = {
  path: (config) => `${accountPath(config)}/renew`,
  access: "public",
  enabled: isPageServed,
  methods: {
    async POST(request, context) {
      const { app } = context;
      const renewal = await signInOf(app).renew(browserRequest(request, context));
      if (renewal.outcome === "unavailable")
        return respondToBrowser({ detail: "The sign-in service cannot be reached." }, [], 503);
      if (renewal.outcome === "ended") return respondToBrowser({ user: null }, renewal.setCookies);
      const { session, setCookies } = renewal;
      const caller = session.identity ? userCaller(session.identity) : context.caller;
      return respondToBrowser({ user: encodeUser(caller, session, app) }, setCookies);
    },
  },
};
