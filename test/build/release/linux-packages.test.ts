import { afterAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import {
  buildDebianPackage,
  buildRpmPackage,
  type PackageOptions,
} from "../../../src/build/release/linux-packages.ts";
import { formatPackageTexts } from "../../../src/build/release/package-texts.ts";

const dpkg = process.env.DPKG_DEB ?? Bun.which("dpkg-deb");
const rpmbuild = process.env.RPMBUILD ?? Bun.which("rpmbuild");
const folder = await mkdtemp(`${tmpdir()}/specchat-packages-`);
afterAll(async () => await rm(folder, { recursive: true }));

/** A time of the past: 2026-03-01T12:00:00Z. */
const DATE = 1_772_366_400;

/** Builds a package around a small executable. Returns its path. */
async function build(
  builder: (options: PackageOptions) => Promise<void>,
  name: string,
  processor: string,
): Promise<string> {
  const work = `${folder}/work-${name}`;
  await mkdir(work);
  await Bun.write(`${work}-executable`, "#!/bin/sh\necho specchat\n");
  const outfile = `${folder}/${name}`;
  await builder({
    executable: `${work}-executable`,
    version: "1.2.0-rc.1",
    processor,
    texts: formatPackageTexts({ version: "1.2.0-rc.1", licenses: "The licenses.\n" }),
    folder: work,
    compression: 1,
    outfile,
    date: DATE,
  });
  return outfile;
}

async function run(...command: string[]): Promise<string> {
  const child = Bun.spawn(command, { env: { ...process.env, TZ: "UTC" }, stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")}: ${err}`);
  return out;
}

describe.skipIf(!dpkg)("buildDebianPackage()", () => {
  test("writes the files with their owners and modes, and keeps settings on an upgrade.", async () => {
    const path = await build(buildDebianPackage, "one.deb", "arm64");
    const fields = ["Package", "Version", "Architecture", "Depends"];
    expect(await run("dpkg-deb", "--field", path, ...fields)).toBe(
      "Package: specchat\nVersion: 1.2.0~rc.1\nArchitecture: arm64\nDepends: libc6, passwd\n",
    );
    const lines = (await run("dpkg-deb", "--contents", path)).trim().split("\n");
    const files = lines.flatMap((line) => {
      const [mode = "", owner, , day, time, name] = line.split(/\s+/);
      return mode.startsWith("d") ? [] : [`${mode} ${owner} ${day} ${time} ${name}`];
    });
    expect(files).toEqual([
      "-rw-r----- root/root 2026-03-01 12:00 ./etc/specchat/specchat.env",
      "-rwxr-xr-x root/root 2026-03-01 12:00 ./usr/bin/specchat",
      "-rw-r--r-- root/root 2026-03-01 12:00 ./usr/lib/systemd/system/specchat.service",
      "-rw-r--r-- root/root 2026-03-01 12:00 ./usr/share/doc/specchat/copyright",
    ]);
    expect(await run("dpkg-deb", "--info", path, "conffiles")).toBe("/etc/specchat/specchat.env\n");
    for (const script of ["preinst", "postinst", "prerm"]) {
      await Bun.write(`${folder}/${script}`, await run("dpkg-deb", "--info", path, script));
      await run("sh", "-n", `${folder}/${script}`);
    }
  });

  test("builds the same bytes from the same files.", async () => {
    const [a, b] = [
      await build(buildDebianPackage, "a.deb", "amd64"),
      await build(buildDebianPackage, "b.deb", "amd64"),
    ];
    expect(Bun.hash(await Bun.file(a).bytes())).toBe(Bun.hash(await Bun.file(b).bytes()));
  });
});

describe.skipIf(!rpmbuild)("buildRpmPackage()", () => {
  test("writes the files with their owners and modes, and keeps settings on an upgrade.", async () => {
    const path = await build(buildRpmPackage, "one.rpm", "aarch64");
    const format = "%{NAME} %{VERSION}-%{RELEASE} %{ARCH} %{LICENSE}\n";
    expect(await run("rpm", "--query", "--package", "--queryformat", format, path)).toBe(
      "specchat 1.2.0~rc.1-1 aarch64 MIT\n",
    );
    const files = "[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} %{FILEMTIMES:date} %{FILENAMES}\n]";
    const listed = await run("rpm", "--query", "--package", "--queryformat", files, path);
    expect(listed.replaceAll("Sun Mar  1 12:00:00 2026", "DATE").replace(/ UTC/g, "")).toBe(
      `-rw-r----- root/specchat DATE /etc/specchat/specchat.env
-rwxr-xr-x root/root DATE /usr/bin/specchat
-rw-r--r-- root/root DATE /usr/lib/systemd/system/specchat.service
-rw-r--r-- root/root DATE /usr/share/doc/specchat/copyright
`,
    );
    expect(await run("rpm", "--query", "--package", "--configfiles", path)).toBe(
      "/etc/specchat/specchat.env\n",
    );
  });

  test("builds the same bytes from the same files.", async () => {
    const [a, b] = [
      await build(buildRpmPackage, "a.rpm", "x86_64"),
      await build(buildRpmPackage, "b.rpm", "x86_64"),
    ];
    expect(Bun.hash(await Bun.file(a).bytes())).toBe(Bun.hash(await Bun.file(b).bytes()));
  });
});
