/** A clean Debian with systemd as its first process and a network of its own, in a folder. */
import { mkdir } from "node:fs/promises";

const PACKAGES = "systemd,systemd-sysv,dbus,nginx-light,procps";

export interface Container {
  /** Runs a command in it. @throws Error with its output unless it succeeds */
  run(...command: readonly string[]): Promise<string>;
  /** Runs a program of this machine in its network. */
  spawn(command: readonly string[]): Bun.Subprocess<"pipe", "pipe", "inherit">;
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of a machine that has only been installed. That of this machine names files that the container lacks. */
const CLEAN = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root" };

/** Runs a program. @throws Error with its output unless it succeeds */
export async function execute(command: readonly string[], env: Environment = process.env): Promise<string> {
  const child = Bun.spawn([...command], { stdin: "ignore", stdout: "pipe", stderr: "pipe", env });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`${command.join(" ")} failed (${code}):\n${err}${out}`);
  return out;
}

/** Installs Debian into a folder from its packages. Takes minutes. */
export async function createRoot(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await execute(["mmdebstrap", "--variant=minbase", `--include=${PACKAGES}`, "bookworm", folder]);
}

/** Boots it, and resolves when all of its units run. @throws Error when they do not */
export async function boot(root: string): Promise<Container> {
  const flags = ["--boot", "--private-network", "--register=no", "--keep-unit", "--volatile=no"];
  const nspawn = Bun.spawn(
    ["systemd-nspawn", "--quiet", "-D", root, `--machine=clean${process.pid}`, ...flags],
    {
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    },
  );
  const enter = async (...namespaces: readonly string[]) => {
    const [leader] = (await Bun.file(`/proc/${nspawn.pid}/task/${nspawn.pid}/children`).text()).split(" ");
    if (!leader) throw new Error("systemd-nspawn has not started a process");
    return ["nsenter", "-t", leader, ...namespaces];
  };
  for (let attempt = 0; ; attempt++) {
    await Bun.sleep(500);
    const state = await enter("-a")
      .then((prefix) => execute([...prefix, "systemctl", "is-system-running"]))
      .catch((error: Error) => error.message);
    if (state.trim() === "running") break;
    if (attempt === 60) throw new Error(`the container does not run: ${state}`);
  }
  const inside = await enter("-a");
  const network = await enter("-n");
  return {
    run: (...command) => execute([...inside, ...command], CLEAN),
    spawn: (command) =>
      Bun.spawn([...network, ...command], { stdin: "pipe", stdout: "pipe", stderr: "inherit" }),
    async stop() {
      nspawn.kill("SIGTERM");
      await nspawn.exited;
    },
  };
}
