import { expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { pagePaths } from "../../src/config/paths.ts";

const pathsOf = (...argv: readonly string[]) =>
  pagePaths(loadConfig({ argv, environment: {}, readFile: () => undefined }).config);

test("`pagePaths()` are relative to the page's own address.", () => {
  expect(pathsOf()).toEqual({
    base: "./ui/",
    websocket: "./ws",
    sessions: "./sessions",
    shares: "",
    docs: "./docs",
    account: "",
  });
  expect(pathsOf("--ui-endpoint", "/chat", "--websocket-endpoint", "/live/socket")).toEqual({
    base: "./chat/",
    websocket: "./live/socket",
    sessions: "./bedrock-chat/sessions",
    shares: "",
    docs: "./bedrock-chat/docs",
    account: "",
  });
  expect(pathsOf("--ui-endpoint", "/a/b/ui", "--websocket-endpoint", "/a/ws")).toEqual({
    base: "./ui/",
    websocket: "./../ws",
    sessions: "./../../bedrock-chat/sessions",
    shares: "",
    docs: "./../../bedrock-chat/docs",
    account: "",
  });
  expect(pathsOf("--api-keys", "ci:0123456789abcdef0123456789abcdef").account).toBe("./account");
});
