import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { ApiRegistry } from "../../src/apis/api-registry.ts";
import { loadConfig } from "../../src/config/load.ts";
import { testPorts } from "../support/harness.ts";

let folder: string;
let server: ReturnType<typeof Bun.serve>;
const openssl = process.env.OPENSSL ?? Bun.which("openssl");
const hasOpenssl = openssl !== null;

/** Creates a certificate authority and its certificates for a server on 127.0.0.1 and for a client. */
async function createCertificates(): Promise<void> {
  const run = async (...command: string[]) => {
    const child = Bun.spawn([String(openssl), ...command], { cwd: folder, stdout: "ignore", stderr: "pipe" });
    if ((await child.exited) !== 0) throw new Error(await new Response(child.stderr).text());
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await run(
    "req",
    "-x509",
    ...key,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "2",
    "-subj",
    "/CN=Test authority",
  );
  for (const name of ["server", "client"]) {
    await run("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    await Bun.write(`${folder}/${name}.ext`, "subjectAltName=IP:127.0.0.1\n");
    await run(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca.key",
      "-CAcreateserial",
      "-days",
      "2",
      "-extfile",
      `${name}.ext`,
      "-out",
      `${name}.pem`,
    );
  }
}

beforeAll(async () => {
  if (!hasOpenssl) return;
  folder = await mkdtemp(`${tmpdir()}/specchat-tls-`);
  await createCertificates();
  const read = (name: string) => Bun.file(`${folder}/${name}`);
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls: {
      cert: read("server.pem"),
      key: read("server.key"),
      ca: read("ca.pem"),
      requestCert: true,
      rejectUnauthorized: true,
    },
    fetch: () => Response.json({ welcome: true }),
  });
  const document = {
    openapi: "3.0.3",
    info: { title: "Guarded", version: "1" },
    servers: [{ url: server.url.href }],
    components: { securitySchemes: { certificate: { type: "mutualTLS" } } },
    paths: { "/door": { get: { operationId: "door", security: [{ certificate: [] }], responses: {} } } },
  };
  await Bun.write(`${folder}/api.json`, JSON.stringify(document));
});

afterAll(async () => {
  if (hasOpenssl) await Promise.all([server.stop(true), rm(folder, { recursive: true })]);
});

async function callDoor(...argv: string[]) {
  const { config } = loadConfig({
    argv: ["--spec", `${folder}/api.json`, ...argv],
    environment: {},
    readFile: () => undefined,
  });
  const { toolbox } = (await ApiRegistry.load(config, testPorts())).current;
  const { result } = await toolbox.run(
    { id: "c", name: "door", arguments: {} },
    { signal: AbortSignal.timeout(5000), credentials: {} },
  );
  return { status: result.status, content: result.content };
}

test.skipIf(!hasOpenssl)("an API with mutual TLS gets the configured client certificate", async () => {
  const ca = ["--api-ca", `${folder}/ca.pem`];
  const clientCertificate = [
    "--api-client-cert",
    `${folder}/client.pem`,
    "--api-client-key",
    `${folder}/client.key`,
  ];
  expect(await callDoor(...ca, ...clientCertificate)).toEqual({ status: "ok", content: '{"welcome":true}' });
  expect(await callDoor(...ca)).toMatchObject({ status: "failed" });
  expect(await callDoor(...clientCertificate)).toMatchObject({ status: "failed" });
});

test.skipIf(!hasOpenssl)("a missing certificate fails the start with its name", () => {
  expect(callDoor("--api-client-cert", "nowhere.pem")).rejects.toThrow(
    "nowhere.pem: this certificate or key cannot be read",
  );
});
