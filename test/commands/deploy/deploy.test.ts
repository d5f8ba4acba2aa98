/** What holds for every format of `specchat deploy`. */
import { describe, expect, test } from "bun:test";
import { commands } from "../../../src/commands/index.ts";
import { runDeploy, SECRETS, SETTINGS } from "./run.ts";

const formats = (commands.deploy.spec.parameters?.[0] ?? "").split("|");

/** ECS has no files of secrets. */
const combinations = formats.flatMap((format) =>
  Object.keys(SETTINGS)
    .filter((name) => format !== "ecs" || name !== "one machine")
    .map((name) => [format, name] as const),
);

describe("specchat deploy", () => {
  test.each(combinations)(
    "%s for the settings %s is the same each time and has no secret.",
    async (format, name) => {
      const [first, second] = [
        await runDeploy(format, SETTINGS[name]),
        await runDeploy(format, SETTINGS[name]),
      ];
      expect(second).toEqual(first);
      const text = [...Object.values(first.files), first.out, first.err].join("\n");
      expect(SECRETS.filter((secret) => text.includes(secret))).toEqual([]);
    },
  );

  test.each(formats)("%s names only commands that exist.", async (format) => {
    const { files } = await runDeploy(format, SETTINGS.redis);
    const text = Object.values(files).join("\n");
    const named = [...text.matchAll(/(?:`specchat|\/specchat"?,?) "?([a-z]+)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => commands[name] === undefined)).toEqual([]);
  });

  test("Several files are printed one after the other, each after a line with its name.", async () => {
    const { files, out } = await runDeploy("systemd", SETTINGS.demo);
    const [environment = "", unit = ""] = ["specchat.env", "specchat.service"].map((path) => files[path]);
    expect(out).toBe(`==> specchat.service <==\n${unit}\n==> specchat.env <==\n${environment}`);
  });

  test("A single file is printed as it is.", async () => {
    const { files, out } = await runDeploy("iam", SETTINGS.dynamodb);
    expect(files).toEqual({ "policy.json": out });
  });

  test("Each text names its settings and not its secrets.", async () => {
    const { files } = await runDeploy("nginx", SETTINGS.redis);
    expect(files["specchat.conf"]?.split("\n").slice(0, 2)).toEqual([
      expect.stringMatching(/^# Written by specchat \S+: specchat deploy nginx$/),
      "# Settings: SPEC, ALLOWED_HOSTS, TRUSTED_PROXIES, STORE",
    ]);
  });

  test("Warnings say what the files cannot know.", async () => {
    expect((await runDeploy("iam", { argv: ["--spec", "demo"] })).err).toBe(
      "Warning: The account in the ARNs is *. Set it with --account 123456789012.\n" +
        "Warning: The policy allows no agents of Bedrock. Name those of your clients: --agents AGENT/ALIAS,…\n",
    );
    expect(
      (await runDeploy("kubernetes", { argv: ["--spec", "http://localhost:9000/openapi.json"] })).err,
    ).toBe(
      [
        "The files use the host name chat.example.com. Set yours with --allowed-hosts.",
        "The container listens on all addresses, and only the proxy may reach it. The proxy has to authenticate people: no setting does.",
        "http://localhost:9000/openapi.json is the container itself there. Set the address of the API in its network.",
        "With the SQLite store there is one replica. Set --store redis://HOST:PORT for several.",
        "",
      ]
        .map((line) => line && `Warning: ${line}`)
        .join("\n"),
    );
  });

  test("Only settings without authentication let a container serve everyone who reaches it.", async () => {
    const environmentOf = async (...argv: string[]) => {
      const { files, err } = await runDeploy("compose", { argv: ["--spec", "demo", ...argv] });
      const isOpen = Object.values(files).join("\n").includes("SPECCHAT_ALLOW_UNAUTHENTICATED");
      return { isOpen, isWarned: err.includes("has to authenticate people") };
    };
    const issuer = ["--jwt-jwks", "https://id.acme.com/keys", "--jwt-issuer", "https://id.acme.com"];
    expect(
      await Promise.all([
        environmentOf(),
        environmentOf("--api-keys-file", "keys.json"),
        environmentOf(...issuer, "--jwt-audience", "specchat"),
      ]),
    ).toEqual([
      { isOpen: true, isWarned: true },
      { isOpen: false, isWarned: false },
      { isOpen: false, isWarned: false },
    ]);
  });

  test.each([
    [["--spec", "-"], "A deployment cannot read a document from standard input. Pass --spec FILE or URL."],
    [
      ["--spec", "a=one/api.yaml", "--spec", "b=two/api.yaml"],
      "one/api.yaml and two/api.yaml would both be /etc/specchat/api.yaml in the deployment. Rename one of them.",
    ],
    [
      ["--allowed-hosts", "a.example.com; root /"],
      "--allowed-hosts: a.example.com; root / is not a host name such as chat.example.com.",
    ],
    [["--port", "0"], "A deployment needs ports that are known before the start: name one in place of 0."],
    [["--account", "12"], "--account 12 is not an AWS account, such as 123456789012."],
    [["--agents", "A/B,C"], "--agents: C is not AGENT/ALIAS, each of at most ten letters and digits."],
  ])("%p is refused.", async (argv, message) => {
    expect(runDeploy("nginx", { argv })).rejects.toThrow(message);
  });

  test("ECS refuses a secret that is a file.", () => {
    expect(runDeploy("ecs", SETTINGS["one machine"])).rejects.toThrow(
      "ECS cannot give a task a secret as a file, which SPECCHAT_API_CLIENT_KEY needs.",
    );
  });
});
