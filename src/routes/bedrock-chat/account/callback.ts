/** `GET {base}/account/callback`: the OpenID provider redirects to it after a sign-in. */
import { isPageServed, signInCallbackPath } from "../../../config/paths.ts";
import { browserRequest, recordSignIn, redirectBrowser, signInOf } from "../../_http/browser-sign-in.ts";
import type { Route } from "../../_http/types.ts";

export const signInCallback: Route = {
  path: signInCallbackPath,
  access: "public",
  enabled: isPageServed,
  methods: {
    async GET(request, context) {
      const { app, url } = context;
      const query = url.search.slice(1);
      const { identity, location, setCookies } = await signInOf(app).finish(
        browserRequest(request, context),
        query,
      );
      if (identity) recordSignIn(app, identity);
      return redirectBrowser(location, setCookies);
    },
  },
};
