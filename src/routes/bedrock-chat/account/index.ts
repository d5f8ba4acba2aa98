/** `GET {base}/account`: who is signed in, and how one can sign in. */
import type { Account } from "../../../access/sign-in/types.ts";
import { accountPath, isPageServed } from "../../../config/paths.ts";
import { browserRequest, encodeUser, respondToBrowser, signInOf } from "../../_http/browser-sign-in.ts";
import type { Route } from "../../_http/types.ts";

export const account: Route = {
  path: accountPath,
  access: "public",
  enabled: isPageServed,
  methods: {
    async GET(request, context) {
      const { app, caller } = context;
      const signIn = signInOf(app);
      const session = await signIn.readSession(browserRequest(request, context));
      const body: Account = {
        user: encodeUser(caller, session, app),
        sign_in: {
          provider: !signIn.hasProvider ? null : signIn.isProviderAvailable() ? "available" : "unavailable",
          key: app.authenticator.acceptsTokens,
        },
      };
      return respondToBrowser(body);
    },
  },
};
