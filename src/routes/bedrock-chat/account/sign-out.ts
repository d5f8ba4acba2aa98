/** `POST {base}/account/sign-out`: ends the session of the page, and returns where the browser ends that of the provider. */
import { accountPath, isPageServed } from "../../../config/paths.ts";
import { browserRequest, respondToBrowser, signInOf } from "../../_http/browser-sign-in.ts";
import type { Route } from "../../_http/types.ts";

export const signOut: Route = {
  path: (config) => `${accountPath(config)}/sign-out`,
  access: "public",
  enabled: isPageServed,
  methods: {
    async POST(request, context) {
      const { app, caller } = context;
      const { location, setCookies } = await signInOf(app).signOut(browserRequest(request, context));
      if (caller.identity) app.audit.record({ event: "administration", act: "signed_out" });
      return respondToBrowser({ location }, setCookies);
    },
  },
};
