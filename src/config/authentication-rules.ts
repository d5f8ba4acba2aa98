/** Rules over several settings of authentication. */
import type { Config } from "./settings.ts";

/** Returns whether callers of every protocol need an identity. `jwtSecret` alone guards the dashboard protocol only. */
export function requiresAuthentication({
  apiKeys,
  apiKeysFile,
  jwtJwks,
  jwtKey,
  albSigner,
  identityHeaders,
  oidcIssuer,
}: Config): boolean {
  return (
    [apiKeys, albSigner, identityHeaders].some(({ length }) => length > 0) ||
    [apiKeysFile, jwtJwks, jwtKey, oidcIssuer].some((value) => value !== undefined)
  );
}

/** Returns the errors, one line each. A setting that does nothing by itself is an error: authentication would be off unnoticed. */
export function validateAuthentication(config: Config): readonly string[] {
  return [
    ...validateTokens(config),
    ...validateLoadBalancers(config),
    ...validateProxies(config),
    ...validateSignIn(config),
  ];
}

function validateSignIn({
  oidcIssuer,
  oidcClientId,
  cookieSecret,
  enableUi,
  store,
}: Config): readonly string[] {
  if (oidcIssuer === undefined)
    return oidcClientId === undefined ? [] : ["oidcClientId: set oidcIssuer too, the OpenID provider"];
  const errors: string[] = [];
  if (oidcClientId === undefined)
    errors.push("oidcIssuer: set oidcClientId too, the id of specchat at the provider");
  if (!enableUi) errors.push("oidcIssuer: users sign in on the page, which enableUi has switched off");
  if (cookieSecret === undefined && /^(rediss?|dynamodb):/.test(store))
    errors.push(
      "oidcIssuer: set cookieSecret too, the same for all replicas; the address of the store is no secret that could seal sessions",
    );
  return errors;
}

function validateTokens({ jwtJwks, jwtKey, jwtIssuer, jwtAudience }: Config): readonly string[] {
  const errors: string[] = [];
  if (jwtJwks !== undefined && !isSafeAddress(jwtJwks))
    errors.push(`jwtJwks: ${jwtJwks} is not an https URL; http is accepted on loopback only`);
  if (jwtJwks !== undefined && jwtIssuer === undefined)
    errors.push("jwtJwks: set jwtIssuer too, the iss of accepted tokens");
  if ((jwtJwks ?? jwtKey) === undefined) {
    if (jwtIssuer !== undefined || jwtAudience.length > 0)
      errors.push("jwtIssuer and jwtAudience: set jwtJwks or jwtKey too; without a key no token is verified");
  } else if (jwtAudience.length === 0)
    errors.push(
      "jwtAudience: set it with jwtJwks and jwtKey; otherwise tokens of this issuer for other applications would be accepted",
    );
  return errors;
}

function validateLoadBalancers({ albSigner, albKeys }: Config): readonly string[] {
  const errors = albSigner
    .filter((arn) => !/^arn:aws[\w-]*:elasticloadbalancing:[a-z\d-]+:\d{12}:loadbalancer\/app\/./.test(arn))
    .map((arn) => `albSigner: ${arn} is not the ARN of an Application Load Balancer`);
  if (albKeys !== undefined && !isSafeAddress(albKeys))
    errors.push(`albKeys: ${albKeys} is not an https URL; http is accepted on loopback only`);
  if (albKeys !== undefined && albSigner.length === 0) errors.push("albKeys: set albSigner too");
  return errors;
}

function validateProxies({ identityHeaders, identityProxies, trustedProxies }: Config): readonly string[] {
  if (identityHeaders.length === 0)
    return identityProxies.length === 0 ? [] : ["identityProxies: set identityHeaders too"];
  return [
    ...(identityHeaders.some((entry) => entry.startsWith("user="))
      ? []
      : ["identityHeaders: no header names the user; add user=HEADER"]),
    ...(identityProxies.length > 0 && trustedProxies > 0
      ? []
      : [
          "identityHeaders: set identityProxies, the addresses of the proxies, and trustedProxies, their number; anyone could send these headers",
        ]),
  ];
}

function isSafeAddress(text: string): boolean {
  const url = URL.parse(text);
  if (url?.protocol === "https:") return true;
  return url?.protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}
