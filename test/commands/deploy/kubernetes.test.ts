/** The manifests and the chart, checked with the schemas of Kubernetes and with Helm. */
import { beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { runDeploy, runTool, SETTINGS, withFiles } from "./run.ts";

type Manifest = Record<string, unknown> & { apiVersion: string; kind: string };

const names = Object.keys(SETTINGS);
let helm: string;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "specchat-helm-"));
  const layer = Bun.resolveSync("@aws-cdk/asset-kubectl-v20/lib/layer.zip", import.meta.dir);
  helm = `${folder}/helm/helm`;
  const { code, text } = await runTool(["unzip", "-q", layer, "helm/helm", "-d", folder]);
  expect([code, text]).toEqual([0, ""]);
});

/** Parses as Kubernetes does: YAML 1.1, where `off` is a boolean. */
function parseManifests(text: string): readonly Manifest[] {
  const documents = parseAllDocuments(text, { version: "1.1" });
  if ("empty" in documents) return [];
  return documents.map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Manifest;
  });
}

/** Finds the class of an object in the generated models, such as `apps/v1` and `Deployment`. @throws Error when the object breaks the schema. */
async function validate({ apiVersion, ...rest }: Manifest): Promise<void> {
  const path = apiVersion === "v1" ? "v1" : withDomain(apiVersion);
  const module = (await import(`kubernetes-models/${path}/${rest.kind}`)) as Record<
    string,
    new (
      data: unknown,
    ) => { validate(): void }
  >;
  const Model = module[rest.kind];
  if (!Model) throw new Error(`no schema of ${apiVersion} ${rest.kind}`);
  new Model(rest).validate();
}

/** Compiles the objects against the types of Kubernetes, which refuse unknown fields in a literal. */
async function checkTypes(manifests: readonly Manifest[]) {
  const lines = manifests.map(({ apiVersion, kind, ...rest }, index) => {
    const path = apiVersion === "v1" ? "v1" : withDomain(apiVersion);
    const type = `import("kubernetes-models/${path}").I${kind}`;
    return `export const object${index}: ${type} = ${JSON.stringify({ apiVersion, kind, ...rest })};`;
  });
  const root = `${import.meta.dir}/../../..`;
  return await withFiles({ "objects.ts": lines.join("\n") }, async (folder) => {
    await symlink(`${root}/node_modules`, `${folder}/node_modules`);
    const flags = ["--noEmit", "--strict", "--skipLibCheck", "--ignoreConfig", "--module", "esnext"];
    const resolution = ["--moduleResolution", "bundler", "--types", ""];
    const tsc = `${root}/node_modules/typescript/bin/tsc`;
    return await runTool([process.execPath, tsc, ...flags, ...resolution, `${folder}/objects.ts`]);
  });
}

function withDomain(apiVersion: string): string {
  const [group = "", version] = apiVersion.split("/");
  const isShort = ["apps", "autoscaling", "policy"].includes(group);
  return `${isShort || group.includes(".") ? group : `${group}.k8s.io`}/${version}`;
}

async function render(name: string, ...flags: readonly string[]): Promise<string> {
  const { files } = await runDeploy("helm", SETTINGS[name]);
  return await withFiles(files, async (folder) => {
    const { code, text } = await runTool([
      ...[helm, "template", "specchat", folder, "--kube-version", "1.31.0"],
      ...flags,
    ]);
    if (code !== 0) throw new Error(text);
    return text;
  });
}

const byKind = (manifests: readonly Manifest[]) =>
  Object.fromEntries(manifests.map((manifest) => [manifest.kind, manifest]));

describe("kubernetes", () => {
  test.each(names)("Every object for %s is valid.", async (name) => {
    const { files } = await runDeploy("kubernetes", SETTINGS[name]);
    const manifests = parseManifests(files["specchat.yaml"] ?? "");
    for (const manifest of manifests) await validate(manifest);
    const isShared = ["redis", "dynamodb", "ports, paths and addresses"].includes(name);
    expect(manifests.map(({ kind }) => kind)).toEqual([
      "ServiceAccount",
      "ConfigMap",
      ...(isShared ? [] : ["PersistentVolumeClaim"]),
      "Deployment",
      "Service",
      "Ingress",
      ...(isShared ? ["HorizontalPodAutoscaler", "PodDisruptionBudget"] : []),
      "NetworkPolicy",
    ]);
  });

  test("The schema refuses a wrong type.", () => {
    const service = { apiVersion: "v1", kind: "Service", metadata: {}, spec: { ports: [{ port: "80" }] } };
    expect(validate(service)).rejects.toThrow("port must be integer");
  });

  test("No object has a field that Kubernetes does not know.", async () => {
    const manifests: Manifest[] = [];
    for (const settings of Object.values(SETTINGS)) {
      const { files } = await runDeploy("kubernetes", settings);
      manifests.push(...parseManifests(files["specchat.yaml"] ?? ""));
    }
    expect(await checkTypes(manifests)).toEqual({ code: 0, text: "" });
    const wrong = { apiVersion: "v1", kind: "Service", spec: { ports: [{ port: 80, prot: "TCP" }] } };
    expect((await checkTypes([wrong])).text).toContain("does not exist in type 'IServicePort'");
  });

  test("A pod gets the grace period of the settings, and its secrets by reference.", async () => {
    const { files } = await runDeploy("kubernetes", SETTINGS["one machine"]);
    const { Deployment, ConfigMap } = byKind(parseManifests(files["specchat.yaml"] ?? ""));
    expect(Deployment).toMatchObject({
      spec: {
        replicas: 1,
        strategy: { type: "Recreate" },
        template: {
          spec: {
            terminationGracePeriodSeconds: 105,
            containers: [
              {
                ports: [{ containerPort: 8443 }],
                env: [
                  {
                    name: "SPECCHAT_API_CREDENTIAL",
                    valueFrom: { secretKeyRef: { name: "specchat", key: "SPECCHAT_API_CREDENTIAL" } },
                  },
                  {
                    name: "SPECCHAT_COOKIE_SECRET",
                    valueFrom: { secretKeyRef: { name: "specchat", key: "SPECCHAT_COOKIE_SECRET" } },
                  },
                ],
              },
            ],
            volumes: [
              { persistentVolumeClaim: { claimName: "specchat" } },
              { emptyDir: { sizeLimit: "64Mi" } },
              {
                secret: {
                  secretName: "specchat",
                  items: [{ key: "SPECCHAT_API_CLIENT_KEY_SHOP", path: "SPECCHAT_API_CLIENT_KEY_SHOP" }],
                },
              },
            ],
          },
        },
      },
    });
    expect(ConfigMap?.data).toMatchObject({
      SPECCHAT_SPEC: '["shop=/etc/specchat/shop.yaml","crm=https://crm.acme.com:8443/openapi.json"]',
      SPECCHAT_API_CLIENT_KEY: "shop=/run/secrets/SPECCHAT_API_CLIENT_KEY_SHOP",
      SPECCHAT_ALLOWED_HOSTS: "chat.acme.com,help.acme.com",
    });
  });

  test("A port of its own for the metrics is open to the monitor alone.", async () => {
    const { files } = await runDeploy("kubernetes", SETTINGS["ports, paths and addresses"]);
    const { NetworkPolicy, Service, ConfigMap } = byKind(parseManifests(files["specchat.yaml"] ?? ""));
    expect(Service).toMatchObject({
      spec: {
        ports: [
          { name: "http", port: 80, targetPort: "http" },
          { name: "dashboard", port: 3001, targetPort: "dashboard" },
          { name: "metrics", port: 9464, targetPort: "metrics" },
        ],
      },
    });
    const namespace = (name: string) => [
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } },
    ];
    expect(NetworkPolicy).toMatchObject({
      spec: {
        ingress: [
          { from: namespace("ingress-nginx"), ports: [{ port: "http" }, { port: "dashboard" }] },
          { from: namespace("monitoring"), ports: [{ port: "metrics" }] },
        ],
        egress: [{}, { ports: [443, 4318, 6380, 8443, 8444].map((port) => ({ port })) }, {}],
      },
    });
    expect(ConfigMap?.data).toMatchObject({ SPECCHAT_HOST: "::" });
  });

  test("The network policy opens the ports of the settings, and not the metadata service.", async () => {
    const { files } = await runDeploy("kubernetes", SETTINGS.redis);
    const { NetworkPolicy } = byKind(parseManifests(files["specchat.yaml"] ?? ""));
    expect(NetworkPolicy).toMatchObject({
      spec: {
        egress: [
          { ports: [{ port: 53 }, { port: 53 }] },
          {
            to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } }, {}, {}],
            ports: [{ port: 443 }, { port: 6380 }, { port: 8080 }],
          },
          { to: [{ ipBlock: { cidr: "169.254.170.23/32" } }, {}], ports: [{ port: 80 }] },
        ],
      },
    });
  });
});

describe("helm", () => {
  test.each(names)("The chart for %s passes `helm lint --strict`.", async (name) => {
    const { files } = await runDeploy("helm", SETTINGS[name]);
    const { code, text } = await withFiles(files, (folder) => runTool([helm, "lint", "--strict", folder]));
    expect([code, text]).toEqual([0, expect.stringContaining("1 chart(s) linted, 0 chart(s) failed")]);
  });

  test.each(names)("The chart for %s renders the objects of the plain manifests.", async (name) => {
    const rendered = byKind(parseManifests(await render(name)));
    const { files } = await runDeploy("kubernetes", SETTINGS[name]);
    const plain = byKind(parseManifests(files["specchat.yaml"] ?? ""));
    for (const manifest of Object.values(rendered)) await validate(manifest);
    const withoutHash = (manifests: typeof plain) => JSON.parse(JSON.stringify(manifests), dropHash);
    expect(withoutHash(rendered)).toEqual(withoutHash(plain));
  });

  test("Values switch objects off and set the number of replicas.", async () => {
    const flags = [
      "--set",
      "ingress.enabled=false,networkPolicy.enabled=false,autoscaling.enabled=false,replicas=4",
    ];
    const { Deployment, ...rest } = byKind(parseManifests(await render("redis", ...flags)));
    expect(Object.keys(rest).sort()).toEqual([
      "ConfigMap",
      "PodDisruptionBudget",
      "Service",
      "ServiceAccount",
    ]);
    expect(Deployment).toMatchObject({ spec: { replicas: 4 } });
  });

  test("A changed setting changes the pods.", async () => {
    const hashOf = async (...flags: readonly string[]) => {
      const { Deployment } = byKind(parseManifests(await render("redis", ...flags)));
      return JSON.stringify(Deployment).match(/"specchat\/settings":"(\w{64})"/)?.[1];
    };
    const [first, again, changed] = [
      await hashOf(),
      await hashOf(),
      await hashOf("--set-string", "settings.SPECCHAT_MAX_TOKENS=9"),
    ];
    expect([first === again, first === changed, first]).toEqual([true, false, expect.any(String)]);
  });

  test("The schema of the values refuses an unknown value and a number as a setting.", async () => {
    expect(render("redis", "--set", "ingres.enabled=false")).rejects.toThrow("ingres");
    expect(render("redis", "--set", "settings.SPECCHAT_MAX_TOKENS=9")).rejects.toThrow("SPECCHAT_MAX_TOKENS");
  });

  test("The chart names its version.", async () => {
    const { files } = await runDeploy("helm", SETTINGS.demo);
    const { version, appVersion } = parse(files["Chart.yaml"] ?? "");
    expect(version).toBe(appVersion);
  });
});

/** The hashes differ: Helm and specchat write JSON with different escapes. Plain manifests have no replicas with an autoscaler. */
function dropHash(key: string, value: unknown): unknown {
  return key === "specchat/settings" ? undefined : value;
}
