import { expect, test } from "bun:test";
import { SignInError, toSignInError } from "../../../src/access/sign-in/problems.ts";

const error = (fields: object, message = "message") => Object.assign(new Error(message), fields);

test.each([
  [error({ error: "access_denied" }), "denied", false],
  [error({ error: "login_required" }), "failed", true],
  [error({ error: "invalid_grant", status: 400 }), "expired", false],
  [error({ error: "invalid_client", status: 401 }), "failed", false],
  [error({ error: "server_error" }), "unavailable", false],
  [error({ error: "slow_down", status: 429 }), "unavailable", false],
  [error({ code: "OAUTH_JWT_TIMESTAMP_CHECK_FAILED" }), "clock", false],
  [error({ code: "OAUTH_JWT_CLAIM_COMPARISON_FAILED" }), "failed", false],
  [error({ code: "OAUTH_TIMEOUT" }), "unavailable", false],
  [
    error({ code: "OAUTH_RESPONSE_IS_NOT_CONFORM", cause: new Response("", { status: 502 }) }),
    "unavailable",
    false,
  ],
  [
    error({ code: "OAUTH_RESPONSE_IS_NOT_CONFORM", cause: new Response("", { status: 404 }) }),
    "failed",
    false,
  ],
  [error({ cause: new Error("ECONNREFUSED") }), "unavailable", false],
  [new SignInError("too_large", "message"), "too_large", false],
])("`toSignInError()` classifies failure %#.", (thrown, problem, needsQuestion) => {
  const result = toSignInError(thrown);
  expect({ problem: result.problem, needsQuestion: result.needsQuestion }).toEqual({
    problem,
    needsQuestion,
  } as never);
});

test("`toSignInError()` keeps markup and line breaks out of the log.", () => {
  const { message } = toSignInError(error({ error: "<b>\u001b[31m\n2026 ERROR" }, "bad"));
  expect(message).toBe("bad  b 31m 2026 ERROR");
});
