/** `GET {base}/account/callback`: the OpenID provider redirects to it after a sign-in. */
import { isPageServed, signInCallbackPath } from "../../../config/paths.ts";
import { browserRequest, redirectBrowser, signInOf } from "../../_http/browser-sign-in.ts";
import type { Route } from "../../_http/types.ts";

export const signInCallback: Route = {
  path: signInCallbackPath,
  access: "public",
  enabled: isPageServed,
  methods: {
    async GET(request, context) {
      const query = context.url.search.slice(1);
      const { location, setCookies } = await signInOf(context.app).finish(
        browserRequest(request, context),
        query,
      );
      return redirectBrowser(location, setCookies);
    },
  },
};
