/** A stand-in for AWS STS in tests: GetCallerIdentity in the query protocol. */
export interface IdentityStandIn {
  readonly url: string;
  /** The number of requests so far. */
  readonly count: number;
  /** The behavior for requests from now on. */
  behavior: "known" | "unknown" | "denied" | "silent";
  stop(): Promise<void>;
}

export const ACCOUNT = "123456789012";

export function startIdentityStandIn(): IdentityStandIn {
  let count = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      count += 1;
      const isSigned = request.headers.get("authorization")?.includes("/sts/aws4_request");
      if (!isSigned || !(await request.text()).includes("Action=GetCallerIdentity"))
        return errorResponse(403, "MissingAuthenticationToken");
      switch (standIn.behavior) {
        case "known":
          return xmlResponse(
            200,
            `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/x</Arn><UserId>AIDA</UserId><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
          );
        case "unknown":
          return errorResponse(403, "InvalidClientTokenId");
        case "denied":
          return errorResponse(403, "AccessDenied");
        case "silent":
          return await new Promise<Response>(() => {});
      }
    },
  });
  const standIn: IdentityStandIn = {
    url: `http://127.0.0.1:${server.port}`,
    get count() {
      return count;
    },
    behavior: "known",
    stop: () => server.stop(true),
  };
  return standIn;
}

function errorResponse(status: number, code: string): Response {
  return xmlResponse(
    status,
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>The security token included in the request is invalid.</Message></Error></ErrorResponse>`,
  );
}

function xmlResponse(status: number, body: string): Response {
  return new Response(body, { status, headers: { "content-type": "text/xml" } });
}
