/** The text files of the packages for Debian and RPM. */
import { describeDeployment } from "../../commands/deploy/deployment.ts";
import { EXECUTABLE, systemd } from "../../commands/deploy/systemd.ts";
import { loadConfig } from "../../config/load.ts";
import { formatEnvironmentExample } from "../settings-docs.ts";

export const PACKAGE_EXECUTABLE = "/usr/bin/specchat";
export const PACKAGE_UNIT = "/usr/lib/systemd/system/specchat.service";
export const PACKAGE_ENVIRONMENT = "/etc/specchat/specchat.env";

/** Path on the target machine → text. */
export type PackageTexts = Readonly<Record<string, string>>;

export function formatPackageTexts(options: {
  readonly version: string;
  readonly licenses: string;
}): PackageTexts {
  return {
    [PACKAGE_UNIT]: formatUnit(options.version),
    [PACKAGE_ENVIRONMENT]: formatEnvironmentExample(),
    "/usr/share/doc/specchat/copyright": options.licenses,
  };
}

/** Formats the unit of `specchat deploy` for any port, which the environment file may change. */
function formatUnit(version: string): string {
  const loaded = loadConfig({ argv: ["--port", "0"], environment: {}, readFile: () => undefined });
  const [unit] = systemd(describeDeployment(loaded, { version }));
  const [, body = ""] = (unit?.text ?? "").split(/^(?=\[Unit\]$)/m);
  const header = `# specchat ${version}. Settings are in ${PACKAGE_ENVIRONMENT}.
# \`specchat deploy systemd\` prints a unit for the settings: with its ports only, and with credentials.
`;
  return header + body.replace(EXECUTABLE, PACKAGE_EXECUTABLE);
}

/** Shell commands that run before the files are copied. */
export const CREATE_USER = `getent group specchat >/dev/null || groupadd --system specchat
getent passwd specchat >/dev/null || useradd --system --gid specchat --home-dir /var/lib/specchat \\
  --no-create-home --shell /usr/sbin/nologin specchat
`;

/** Runs afterwards. The service is not started: it has no document yet. A running one gets the new executable. */
export const RELOAD_UNIT = `if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || true
  systemctl try-restart specchat.service || true
fi
`;

/** Runs before the files are removed, not on an upgrade. */
export const STOP_SERVICE = `if [ -d /run/systemd/system ]; then
  systemctl disable --now specchat.service || true
fi
`;
