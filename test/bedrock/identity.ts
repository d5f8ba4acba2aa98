/** A stand-in for AWS STS in tests: GetCallerIdentity in the query protocol. */
export interface IdentityStandIn {
  readonly url: string;
  /** The number of requests so far. */
  readonly count: number;
  /** The behavior for requests from now on. */
  behavior: "known" | "unknown" | "denied" | "silent" | "ahead";
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
        case "ahead":
          if (isThreeHoursAhead(request.headers.get("x-amz-date"))) return callerIdentity();
          return errorResponse(403, "SignatureDoesNotMatch", {
            message: "Signature expired: 20260101T000000Z is now earlier than 20260101T025500Z",
            date: new Date(Date.now() + THREE_HOURS_MS).toUTCString(),
          });
        case "known":
          return callerIdentity();
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

const THREE_HOURS_MS = 3 * 3_600_000;

/** Returns true when a request was signed within five minutes of the clock that is three hours ahead. */
function isThreeHoursAhead(signed: string | null): boolean {
  const minutes = (time: number) => new Date(time).toISOString().replace(/[-:]/g, "").slice(0, 13);
  const now = Date.now() + THREE_HOURS_MS;
  return signed !== null && signed >= minutes(now - 300_000) && signed <= minutes(now + 300_000);
}

function callerIdentity(): Response {
  return xmlResponse(
    200,
    `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/x</Arn><UserId>AIDA</UserId><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
  );
}

function errorResponse(
  status: number,
  code: string,
  {
    message = "The security token included in the request is invalid.",
    date,
  }: { message?: string; date?: string } = {},
): Response {
  return xmlResponse(
    status,
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    date === undefined ? {} : { date },
  );
}

function xmlResponse(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { status, headers: { "content-type": "text/xml", ...headers } });
}
