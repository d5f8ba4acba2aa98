/** AWS STS at the wire, for tests: GetCallerIdentity in its query protocol. */
export interface Identities {
  readonly url: string;
  /** Requests so far. */
  readonly count: number;
  /** How it answers from now on. */
  answer: "known" | "unknown" | "denied" | "silent";
  stop(): Promise<void>;
}

export const ACCOUNT = "123456789012";

export function startIdentities(): Identities {
  let count = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      count += 1;
      const signed = request.headers.get("authorization")?.includes("/sts/aws4_request");
      if (!signed || !(await request.text()).includes("Action=GetCallerIdentity"))
        return failure(403, "MissingAuthenticationToken");
      switch (identities.answer) {
        case "known":
          return xml(
            200,
            `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/x</Arn><UserId>AIDA</UserId><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
          );
        case "unknown":
          return failure(403, "InvalidClientTokenId");
        case "denied":
          return failure(403, "AccessDenied");
        case "silent":
          return await new Promise<Response>(() => {});
      }
    },
  });
  const identities: Identities = {
    url: `http://127.0.0.1:${server.port}`,
    get count() {
      return count;
    },
    answer: "known",
    stop: () => server.stop(true),
  };
  return identities;
}

function failure(status: number, code: string): Response {
  return xml(
    status,
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>The security token included in the request is invalid.</Message></Error></ErrorResponse>`,
  );
}

function xml(status: number, body: string): Response {
  return new Response(body, { status, headers: { "content-type": "text/xml" } });
}
