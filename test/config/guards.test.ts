import { expect, test } from "bun:test";
import { startWarnings } from "../../src/app/start-warnings.ts";
import { ConfigError, loadConfig } from "../../src/config/load.ts";

const load = (environment: Record<string, string>, ...argv: string[]) =>
  loadConfig({ argv, environment, readFile: () => undefined }).config;

test.each(["JWT_SECRET", "SPECCHAT_JWT_SECRET"])("An empty or short %s is refused at the start.", (name) => {
  for (const secret of ["", " ", "short", "fifteen letters"])
    expect(() => load({ [name]: secret })).toThrow("a secret of at least 16 characters");
  expect(load({ [name]: "sixteen letters!" }).jwtSecret).toBe("sixteen letters!");
  expect(() => load({}, "--jwt-secret", "short")).toThrow("a secret of at least 16 characters");
});

const GUARDS: readonly (readonly string[])[] = [
  ["API_KEYS", "", " ", ",,", "[]", "ops:"],
  ["API_KEYS_FILE", ""],
  ["JWT_JWKS", "", " "],
  ["JWT_KEY", "", " ", "short"],
  ["ALB_SIGNER", "", " , "],
  ["IDENTITY_HEADERS", "", ","],
  ["OIDC_ISSUER", "", " "],
  ["ROLES", ""],
];

test.each(GUARDS)("SPECCHAT_%s does not leave the server open when it is empty.", (name = "", ...values) => {
  for (const value of values) {
    expect(() => load({ [`SPECCHAT_${name}`]: value })).toThrow(ConfigError);
    expect(() => load({}, `--${name.toLowerCase().replaceAll("_", "-")}`, value)).toThrow(ConfigError);
  }
});

test("`--audit-required` without an audit log is refused at the start.", () => {
  expect(() => load({}, "--audit-required")).toThrow("auditRequired: set auditLog too");
  expect(load({}, "--audit-required", "--audit-log", "stdout").auditRequired).toBe(true);
});

test("An empty COOKIE_SECRET counts as unset, a short one is refused.", () => {
  expect(load({ COOKIE_SECRET: "" }).cookieSecret).toBeUndefined();
  expect(() => load({ COOKIE_SECRET: "short" })).toThrow("a secret of at least 16 characters");
});

test("`*` as origin beside credentials or `--approve none` is a warning, and so is a cookie key from an address without password.", () => {
  const warnings = (...argv: string[]) =>
    startWarnings(load({}, ...argv)).map((warning) => warning.split(":")[0]);
  const open = '--allowed-origins "*" lets every website that a person visits use the API';
  expect(warnings("--allowed-origins", "*")).toEqual([]);
  expect(warnings("--approve", "none")).toEqual([]);
  expect(warnings("--allowed-origins", "*", "--approve", "none")).toEqual([open]);
  expect(warnings("--allowed-origins", "*", "--api-header", "X-Key: k")).toEqual([open]);
  expect(warnings("--allowed-origins", "*", "--api-credential", "key: k")).toEqual([open]);
  expect(warnings("--store", "redis://:secret@localhost:6379/0")).toEqual([]);
  expect(warnings("--store", "redis://localhost:6379/0")).toHaveLength(1);
});
