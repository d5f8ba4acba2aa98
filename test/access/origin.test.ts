import { describe, expect, test } from "bun:test";
import { checkHost, checkOrigin, corsHeaders } from "../../src/access/origin.ts";
import { parseOrigin } from "../../src/config/kinds.ts";
import { AppError } from "../../src/errors.ts";

const settings = {
  host: "chat.test",
  allowedHosts: ["proxy.test", "*.team.test"],
  allowedOrigins: ["https://app.test"],
};

/** Returns the message and the detail of an error. */
function refusalOf(check: () => unknown): readonly unknown[] {
  try {
    check();
  } catch (error) {
    if (error instanceof AppError) return [error.message, error.detail];
  }
  return [];
}

test.each([
  "localhost",
  "localhost:8000",
  "127.0.0.1:8000",
  "127.9.9.9",
  "[::1]:8000",
  "CHAT.test:80",
  "proxy.test",
  "a.team.test:1",
])("Host %s is accepted.", (host) => expect(() => checkHost(host, settings)).not.toThrow());

test.each([
  null,
  "",
  "evil.test",
  "localhost.evil.test",
  "127.0.0.1.evil.test",
  "team.test",
  "xteam.test",
  "chat.test.evil.test",
])("Host %p is rejected, and only the log names the setting.", (host) =>
  expect(refusalOf(() => checkHost(host, settings))).toEqual([
    expect.not.stringContaining("--"),
    expect.stringContaining("--allowed-hosts"),
  ]),
);

test("`checkOrigin()` returns the kind of origin.", () => {
  expect(checkOrigin(null, "h:1", "http", settings)).toBe("own");
  expect(checkOrigin("http://h:1", "h:1", "websocket", settings)).toBe("own");
  expect(checkOrigin("https://h:1", "h:1", "http", settings)).toBe("own");
  expect(checkOrigin("https://app.test", "h:1", "websocket", settings)).toBe("listed");
});

test.each(["http://evil.test", "null", "http://h:2", "http://app.test", "https://app.test.evil.test"])(
  "Origin %s is rejected.",
  (origin) =>
    expect(refusalOf(() => checkOrigin(origin, "h:1", "http", settings))).toEqual([
      expect.not.stringContaining("--"),
      expect.stringContaining("--allowed-origins"),
    ]),
);

test("`*` allows HTTP without credentials, and no WebSocket.", () => {
  const open = { ...settings, allowedOrigins: ["*"] };
  const kind = checkOrigin("http://evil.test", "h:1", "http", open);
  expect(corsHeaders(kind, "http://evil.test")).toEqual({
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers":
      "X-Request-ID, Retry-After, RateLimit, RateLimit-Policy, Mcp-Session-Id, WWW-Authenticate",
  });
  expect(() => checkOrigin("http://evil.test", "h:1", "websocket", open)).toThrow("not allowed");
});

describe("Origins of other schemes", () => {
  const entries = [
    "app://obsidian.md",
    "tauri://localhost",
    "vscode-webview://*",
    "chrome-extension://abc/",
    "null",
  ];
  const apps = { ...settings, allowedOrigins: entries.map(parseOrigin) };

  test.each([
    ["app://obsidian.md", "listed"],
    ["tauri://localhost", "listed"],
    ["vscode-webview://1f0A9k", "listed"],
    ["chrome-extension://abc", "listed"],
    ["null", "open"],
  ] as const)("%s is allowed.", (origin, kind) => {
    expect(checkOrigin(origin, "h:1", "http", apps)).toBe(kind);
    expect(checkOrigin(origin, "h:1", "websocket", apps)).toBe(kind);
  });

  test.each(["app://other", "tauri://localhost.evil", "chrome-extension://abcd", "xvscode-webview://a"])(
    "%s is rejected.",
    (origin) => expect(() => checkOrigin(origin, "h:1", "http", apps)).toThrow("not allowed"),
  );

  test.each(["http://*.evil.test/path", "tauri://", "localhost", "javascript:alert(1)", "app://a/b"])(
    "The entry %s is refused.",
    (entry) => expect(() => parseOrigin(entry)).toThrow("an origin such as"),
  );
});
