import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { Version } from "@cyclonedx/cyclonedx-library/Spec";
import { JsonStrictValidator } from "@cyclonedx/cyclonedx-library/Validation";
import packageJson from "../../../package.json" with { type: "json" };

const root = `${import.meta.dir}/../../..`;
const { version } = packageJson;
const platform = `linux-${process.arch}`;
const name = `specchat-${platform}`;
let folder: string;
let release: string;

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(command: readonly string[], environment: Record<string, string> = {}): Promise<Run> {
  const child = Bun.spawn([...command], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, out, err };
}

describe.skipIf(process.platform !== "linux" || !Bun.which("rpmbuild") || !Bun.which("dpkg-deb"))(
  "bun run release",
  () => {
    beforeAll(async () => {
      folder = await mkdtemp(`${tmpdir()}/specchat-release-`);
      release = `${folder}/release`;
      const options = ["--only", platform, "--out", release, "--compression", "1"];
      const { code, err } = await run([process.execPath, "src/build/release.ts", ...options], {
        SOURCE_DATE_EPOCH: "1772366400",
      });
      if (code !== 0) throw new Error(err);
    }, 120_000);

    afterAll(async () => await rm(folder, { recursive: true }));

    test("writes the files of the platform, with their sums.", async () => {
      const [debian, rpm] = process.arch === "x64" ? ["amd64", "x86_64"] : ["arm64", "aarch64"];
      const names = [
        "LICENSES.txt",
        "RELEASE-NOTES.md",
        "install.sh",
        `specchat-${version}.${rpm}.rpm`,
        `specchat-${version}.cdx.json`,
        name,
        `specchat_${version}_${debian}.deb`,
      ];
      expect((await readdir(release)).sort()).toEqual([...names, "SHA256SUMS"].sort());
      const checked = await run(["sh", "-c", `cd ${release} && sha256sum --check --strict SHA256SUMS`]);
      expect(checked.out.trim().split("\n").sort()).toEqual(names.map((file) => `${file}: OK`).sort());
    });

    test("the bill of materials is valid, and has the packages of the executable and of the page.", async () => {
      const text = await Bun.file(`${release}/specchat-${version}.cdx.json`).text();
      expect(await new JsonStrictValidator(Version.v1dot6).validate(text)).toBeNull();
      const { components, metadata } = JSON.parse(text);
      const urls: readonly string[] = components.map(({ purl }: { purl: string }) => purl);
      expect(metadata.timestamp).toBe("2026-03-01T12:00:00.000Z");
      const { react, yaml } = packageJson.dependencies;
      expect(urls).toContain(`pkg:npm/react@${react}`);
      expect(urls).toContain(`pkg:npm/yaml@${yaml}`);
      expect(urls).toContain(`pkg:github/oven-sh/bun@bun-v${Bun.version}`);
      expect(urls.filter((url) => /typescript|biome|fast-check/.test(url))).toEqual([]);
    });

    test("`specchat licenses` of the executable prints the licenses of everything in it.", async () => {
      const printed = await run([`${release}/${name}`, "licenses"]);
      expect(printed).toEqual({ code: 0, out: await Bun.file(`${release}/LICENSES.txt`).text(), err: "" });
      const { jose } = packageJson.dependencies;
      for (const part of [`specchat ${version}\n`, `Bun ${Bun.version}`, `jose ${jose} (MIT)`, "(OFL-1.1)"])
        expect(printed.out).toContain(part);
    });

    test("the install script checks the sum and installs the executable.", async () => {
      const home = `${folder}/home`;
      const { code, err } = await run(["sh", `${release}/install.sh`, "--to", `${home}/bin`]);
      expect({ code, err }).toEqual({
        code: 0,
        err: `Downloading ${name}
Installed specchat ${version} as ${home}/bin/specchat
${home}/bin is not in PATH.
`,
      });
      expect((await run([`${home}/bin/specchat`, "--version"])).out).toBe(`specchat ${version}\n`);
      expect(await readdir(`${home}/bin`)).toEqual(["specchat"]);
    });

    test("the install script downloads over HTTP, and installs nothing when the sum differs.", async () => {
      const server = Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        fetch: (request) =>
          new URL(request.url).pathname.endsWith("SHA256SUMS")
            ? new Response(Bun.file(`${release}/SHA256SUMS`))
            : new Response("another executable"),
      });
      const target = `${folder}/changed`;
      await mkdir(target);
      const from = `http://127.0.0.1:${server.port}`;
      const { code, err } = await run(["sh", `${release}/install.sh`, "--from", from, "--to", target]);
      expect({ code, err }).toEqual({
        code: 1,
        err: `Downloading ${name}
install.sh: the sum of ${name} is not that of SHA256SUMS. Nothing was installed.
`,
      });
      expect(await readdir(target)).toEqual([]);
      await server.stop();
    });
  },
);

test("--only names the platforms when it has another.", async () => {
  const { code, err } = await run([process.execPath, "src/build/release.ts", "--only", "solaris"]);
  expect(code).toBe(1);
  expect(err).toContain("--only solaris: the platforms are linux-x64, linux-arm64, linux-x64-musl");
});
