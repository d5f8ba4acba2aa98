/** The production ports: file system, network and clock. The environment and the output are arguments. */
import { realpath } from "node:fs/promises";
import { readTextFile } from "../config/read.ts";
import type { Config } from "../config/settings.ts";
import type { Ports } from "../context.ts";
import { StartError } from "../errors.ts";
import { createFetch } from "./fetch.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface SystemOptions {
  /** Environment variables: proxies, certificates, and those that child processes get. */
  readonly environment: Environment;
  readonly log: Ports["log"];
  readonly usage?: Ports["usage"];
}

/** @throws StartError */
export function createSystemPorts(
  { allowHosts, specRoot }: Pick<Config, "allowHosts" | "specRoot">,
  { environment, log, usage }: SystemOptions,
): Ports {
  const now = () => new Date();
  const network = readNetwork(environment);
  const fetch = createFetch({ proxies: network.proxies, allowHosts });
  return {
    io: {
      fetch,
      readFile: (path) => Bun.file(path),
      realPath: realpath,
      readStdin: () => Bun.stdin.stream(),
      allowHosts,
      specRoot,
    },
    fetch,
    now,
    environment: pickChildEnvironment(environment),
    random: Math.random,
    network,
    sleep,
    ...(usage && { usage }),
    log,
  };
}

/** Returns the variables that a child process needs to find programs and their settings. None of them is secret. */
function pickChildEnvironment(environment: Environment): Record<string, string> {
  const names = ["PATH", "HOME", "USERPROFILE", "SYSTEMROOT"];
  return Object.fromEntries(
    names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
}

/**
 * Reads the proxies and AWS_CA_BUNDLE, which the AWS SDK for JavaScript ignores. Bun itself reads NODE_EXTRA_CA_CERTS.
 * @throws StartError
 */
function readNetwork({ AWS_CA_BUNDLE: bundle, ...environment }: Environment): NonNullable<Ports["network"]> {
  const names = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
  const proxies = Object.fromEntries(names.map((name) => [name, environment[name]]));
  if (!bundle) return { proxies };
  const certificates = readTextFile(bundle);
  if (certificates === undefined) throw new StartError(`AWS_CA_BUNDLE: there is no file ${bundle}.`);
  return { proxies, certificates };
}

/** Resolves after `ms`, or when the signal aborts. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
