/** Builds the packages for Debian and RPM with their own tools, `dpkg-deb` and `rpmbuild`. */
import { chmod, copyFile, mkdir, rename, stat, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import type { PackageTexts } from "./package-texts.ts";
import {
  CREATE_USER,
  PACKAGE_ENVIRONMENT,
  PACKAGE_EXECUTABLE,
  RELOAD_UNIT,
  STOP_SERVICE,
} from "./package-texts.ts";

export interface PackageOptions {
  readonly executable: string;
  readonly version: string;
  /** The name of the processor in this kind of package, such as `amd64` or `x86_64`. */
  readonly processor: string;
  readonly texts: PackageTexts;
  /** An empty folder for intermediate files. */
  readonly folder: string;
  /** The level of gzip, 1 to 9. */
  readonly compression: number;
  /** The path of the package. */
  readonly outfile: string;
  /** Unix seconds, the time of every file: the same commit gives the same bytes. */
  readonly date: number;
}

const SUMMARY = "Chat assistant for any HTTP API";
const DETAILS =
  "specchat turns the operations of an OpenAPI document into tools of a chat assistant on Amazon Bedrock.";

/** @throws Error with the output of `dpkg-deb`. */
export async function buildDebianPackage(options: PackageOptions): Promise<void> {
  const { version, processor, folder, compression, outfile } = options;
  const root = `${folder}/root`;
  const files = await writeTree(root, options);
  const sizes = await Promise.all(files.map(async (path) => (await stat(root + path)).size));
  const kilobytes = Math.ceil(sizes.reduce((total, size) => total + size, 0) / 1024);
  await writeFiles(`${root}/DEBIAN`, {
    control: `Package: specchat
Version: ${version.replace("-", "~")}
Architecture: ${processor}
Maintainer: The specchat authors <specchat@localhost>
Installed-Size: ${kilobytes}
Depends: libc6, passwd
Section: net
Priority: optional
Description: ${SUMMARY}
 ${DETAILS}
`,
    conffiles: `${PACKAGE_ENVIRONMENT}\n`,
  });
  const scripts = {
    preinst: `#!/bin/sh\nset -e\n${CREATE_USER}`,
    postinst: `#!/bin/sh\nset -e\nchgrp specchat ${PACKAGE_ENVIRONMENT}\n${RELOAD_UNIT}`,
    prerm: `#!/bin/sh\nset -e\n[ "$1" = remove ] || exit 0\n${STOP_SERVICE}`,
  };
  await writeFiles(`${root}/DEBIAN`, scripts, 0o755);
  await run(
    ["dpkg-deb", "--root-owner-group", "-Zgzip", `-z${compression}`, "--build", root, outfile],
    options.date,
  );
}

/** @throws Error with the output of `rpmbuild`. */
export async function buildRpmPackage(options: PackageOptions): Promise<void> {
  const { version, processor, folder, compression, outfile, date } = options;
  const root = `${folder}/source`;
  const files = await writeTree(root, options);
  const listed = files.map((path) =>
    path === PACKAGE_ENVIRONMENT ? `%attr(0640, root, specchat) %config(noreplace) ${path}` : path,
  );
  const spec = `Name: specchat
Version: ${version.replace("-", "~")}
Release: 1
Summary: ${SUMMARY}
License: MIT
AutoReqProv: no
Requires(pre): shadow-utils
%description
${DETAILS}
%install
cp -a ${root}/. %{buildroot}/
%pre
${CREATE_USER}%post
${RELOAD_UNIT}%preun
[ "$1" = 0 ] || exit 0
${STOP_SERVICE}%files
%defattr(-, root, root)
${listed.join("\n")}
`;
  await Bun.write(`${folder}/specchat.spec`, spec);
  const macros = {
    _topdir: `${folder}/rpm`,
    _build_id_links: "none",
    _buildhost: "localhost",
    _binary_payload: `w${compression}.gzdio`,
    debug_package: "%{nil}",
    // The executable has its program after the code: stripping would remove it.
    __os_install_post: "%{nil}",
    use_source_date_epoch_as_buildtime: "1",
    clamp_mtime_to_source_date_epoch: "1",
  };
  const defines = Object.entries(macros).flatMap(([name, value]) => ["--define", `${name} ${value}`]);
  const target = `${processor}-linux`;
  await run(["rpmbuild", "-bb", "--target", target, ...defines, `${folder}/specchat.spec`], date);
  const built = await Array.fromAsync(
    new Bun.Glob("**/*.rpm").scan({ cwd: `${folder}/rpm/RPMS`, absolute: true }),
  );
  await rename(built[0] ?? "", outfile);
}

/** Writes the files of a package into a folder. Returns their paths on the target machine. */
async function writeTree(
  root: string,
  { executable, texts, date }: PackageOptions,
): Promise<readonly string[]> {
  await writeFiles(root, texts);
  await chmod(root + PACKAGE_ENVIRONMENT, 0o640);
  await mkdir(dirname(root + PACKAGE_EXECUTABLE), { recursive: true });
  await copyFile(executable, root + PACKAGE_EXECUTABLE);
  await chmod(root + PACKAGE_EXECUTABLE, 0o755);
  const paths = [PACKAGE_EXECUTABLE, ...Object.keys(texts)];
  await Promise.all(paths.map((path) => utimes(root + path, date, date)));
  return paths;
}

async function writeFiles(
  folder: string,
  texts: Readonly<Record<string, string>>,
  mode = 0o644,
): Promise<void> {
  for (const [name, text] of Object.entries(texts)) {
    const path = `${folder}/${name}`;
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    await Bun.write(path, text);
    await chmod(path, mode);
  }
}

/** @throws Error with the output of the command. */
async function run(command: readonly string[], date: number): Promise<void> {
  const child = Bun.spawn([...command], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(date) },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const output = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`${command[0]} failed:\n${output.join("")}`);
}
