/** Two replicas of specchat over Redis, with a document that changes. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRedis } from "../../store/redis/redis-server.ts";
import { type ModelServer, startModelServer } from "../harness/model-server.ts";
import { countOpenFiles, readResidentKb } from "../harness/process-usage.ts";
import { startSpecchat } from "../harness/servers.ts";
import type { Server } from "../harness/types.ts";
import type { Gauge, Sample } from "./types.ts";

const root = `${import.meta.dir}/../../..`;
/** Seconds after which a session without clients leaves memory, so that a shift leaves nothing for the next one. */
const IDLE_SECONDS = "5";

export interface Replicas {
  readonly servers: readonly Server[];
  readonly model: ModelServer;
  /** Changes the document, which both replicas then reload. */
  changeDocument(): Promise<void>;
  sample(server: Server): Promise<Sample>;
  stop(): Promise<void>;
}

export async function startReplicas(): Promise<Replicas> {
  const folder = await mkdtemp(join(tmpdir(), "specchat-soak-"));
  const [redis, model] = await Promise.all([startRedis(), startModelServer()]);
  const document = await Bun.file(`${root}/test/fixtures/things.yaml`).text();
  const spec = join(folder, "things.yaml");
  let version = 0;
  const changeDocument = async () => {
    version += 1;
    await Bun.write(spec, document.replace("title: Things", `title: Things, version ${version}`));
  };
  await changeDocument();
  const start = () =>
    startSpecchat(
      { rounds: 1, isQuick: false },
      {
        modelUrl: model.url,
        spec,
        // Bun runs the sources: the executable takes no modules before its own.
        command: [process.execPath, "--preload", `${import.meta.dir}/gauge.ts`, `${root}/src/main.ts`],
        argv: ["--store", redis.address, "--detach-grace", IDLE_SECONDS, "--session-timeout", IDLE_SECONDS],
      },
    );
  const servers = [await start(), await start()];
  return {
    servers,
    model,
    changeDocument,
    sample: ({ pid }) => takeSample(pid),
    async stop() {
      await Promise.all(servers.map((server) => server.stop()));
      await Promise.all([model.stop(), redis.stop(), rm(folder, { recursive: true })]);
    },
  };
}

async function takeSample(pid: number): Promise<Sample> {
  const path = `/proc/${pid}/cwd/gauge-${pid}.json`;
  process.kill(pid, "SIGUSR2");
  while (!existsSync(path)) await Bun.sleep(50);
  const gauge: Gauge = JSON.parse(await readFile(path, "utf8"));
  await rm(path);
  const { all, sockets } = countOpenFiles(pid);
  return { ...gauge, residentMb: readResidentKb(pid) / 1000, files: all, sockets };
}
