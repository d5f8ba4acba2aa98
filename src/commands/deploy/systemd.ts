/** A hardened unit of systemd and its environment file. */
import { CONFIG_FOLDER } from "./deployment.ts";
import { secretFileVariables } from "./environment.ts";
import { formatHeader } from "./header.ts";
import { listPorts } from "./ports.ts";
import type { Deployment, DeploymentFormat, Variable } from "./types.ts";

export const UNIT = "specchat.service";
export const ENVIRONMENT_FILE = "specchat.env";
export const EXECUTABLE = "/usr/local/bin/specchat";
export const CREDENTIALS_FOLDER = `${CONFIG_FOLDER}/credentials`;

/** Seconds after the grace period until systemd ends the process. */
const STOP_MARGIN = 15;

export const systemd: DeploymentFormat = (deployment) => [
  { path: UNIT, text: formatUnit(deployment) },
  { path: ENVIRONMENT_FILE, text: formatEnvironmentFile(deployment) },
];

/** Formats the environment file. Its values are quoted as systemd and shells read them. */
export function formatEnvironmentFile(deployment: Deployment): string {
  const { config, variables } = deployment;
  const lines = [...variables, { name: "SPECCHAT_HOST", value: config.host }];
  const isPublic = !/^(127\.|localhost$|::1$)/.test(config.host);
  if (isPublic && config.allowUnauthenticated)
    lines.push({ name: "SPECCHAT_ALLOW_UNAUTHENTICATED", value: "true" });
  return `${formatHeader("systemd", deployment, [
    `Install as ${CONFIG_FOLDER}/${ENVIRONMENT_FILE}. Secrets are in ${CREDENTIALS_FOLDER}.`,
  ])}\n${lines.map(formatVariable).join("")}`;
}

function formatVariable({ name, value }: Variable): string {
  const isPlain = /^[\w./:@,+=-]+$/.test(value);
  return `${name}=${isPlain ? value : `"${value.replace(/["\\$`]/g, "\\$&")}"`}\n`;
}

function formatUnit(deployment: Deployment): string {
  const { config, files } = deployment;
  const steps = [
    `Install as /etc/systemd/system/${UNIT}, with the system user specchat.`,
    ...files.map(({ source, target }) => `Copy ${source} to ${target}.`),
    ...deployment.secrets.map(
      ({ name, source = `the secret ${name}` }) => `Put ${source} into ${CREDENTIALS_FOLDER}/${name}.`,
    ),
  ];
  return `${formatHeader("systemd", deployment, steps)}
[Unit]
Description=specchat, a chat assistant for an HTTP API
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=300
StartLimitBurst=10

[Service]
Type=exec
User=specchat
Group=specchat
EnvironmentFile=${CONFIG_FOLDER}/${ENVIRONMENT_FILE}
# The file is read again on reload.
Environment=SPECCHAT_ENVIRONMENT_FILE=${CONFIG_FOLDER}/${ENVIRONMENT_FILE}
${formatCredentials(deployment)}ExecStart=${EXECUTABLE} serve
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=1
# On SIGTERM running turns get ${config.stopGrace} s.
KillMode=mixed
TimeoutStopSec=${Math.ceil(config.stopGrace) + STOP_MARGIN}
StateDirectory=specchat
StateDirectoryMode=0700
WorkingDirectory=%S/specchat
LimitNOFILE=65536
UMask=0077

# Sockets
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
${formatSockets(deployment)}
# Hardening. MemoryDenyWriteExecute= is missing: the JavaScript engine compiles to memory that it then executes.
NoNewPrivileges=yes
LockPersonality=yes
KeyringMode=private
PrivateDevices=yes
PrivateIPC=yes
PrivateMounts=yes
PrivateTmp=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources

[Install]
WantedBy=multi-user.target
`;
}

/** A credential is a file that only this service reads. `%d` is the folder of the credentials. */
function formatCredentials({ secrets }: Deployment): string {
  const credentials = secrets.map(({ name }) => `LoadCredential=${name}:${CREDENTIALS_FOLDER}/${name}\n`);
  const variables = secretFileVariables(secrets, "%d").map(
    ({ name, value }) => `Environment=${quote(`${name}=${value}`)}\n`,
  );
  return [...credentials, ...variables].join("");
}

/** Quotes an assignment that has quotes itself, such as a JSON list. */
function quote(assignment: string): string {
  return assignment.includes('"') ? `'${assignment}'` : assignment;
}

/** The process may listen on its own ports only. A port below 1024 needs a capability. */
function formatSockets({ config }: Deployment): string {
  const ports = listPorts(config).map(({ port }) => port);
  const needsCapability = ports.some((port) => port > 0 && port < 1024);
  const capability = needsCapability ? "CAP_NET_BIND_SERVICE" : "";
  return [
    // A port of 0 is any free one.
    ...(ports.includes(0)
      ? []
      : [...ports.map((port) => `SocketBindAllow=tcp:${port}`), "SocketBindDeny=any"]),
    `CapabilityBoundingSet=${capability}`,
    `AmbientCapabilities=${capability}`,
    // A user namespace has no capabilities of the host.
    `PrivateUsers=${needsCapability ? "no" : "yes"}`,
    "",
  ].join("\n");
}
