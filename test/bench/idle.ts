/** What a connected session costs that does nothing: resident memory of a server in a process of its own, per socket. */
import { connect, type Socket } from "node:net";
import { startBedrock } from "../bedrock/index.ts";
import { startApi } from "../support/harness.ts";
import { placeForServers } from "../support/server-process.ts";
import type { Figure } from "./figure.ts";

const SESSIONS = 8000;
const ALLOWED_KB = 6;

export async function idle(): Promise<readonly Figure[]> {
  const [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  const place = await placeForServers(bedrock, api);
  const server = await place.start();
  const port = Number(new URL(server.url).port);
  const warm = await open(port, 500);
  const before = await residentKb(server.pid);
  const sockets = await open(port, SESSIONS);
  await Bun.sleep(1000);
  const perSession = ((await residentKb(server.pid)) - before) / SESSIONS;
  for (const socket of [...warm, ...sockets]) socket.destroy();
  await place.remove();
  await Promise.all([bedrock.stop(), api.stop()]);
  return [
    {
      name: `an idle session of ${SESSIONS}, resident`,
      value: `${perSession.toFixed(1)} KB`,
      ratio: { of: perSession / ALLOWED_KB, to: `${ALLOWED_KB} KB`, target: 1 },
    },
  ];
}

/** Plain sockets that have upgraded, so that the clients cost next to nothing here. */
async function open(port: number, count: number): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  for (let begun = 0; begun < count; begun += 250)
    sockets.push(...(await Promise.all(Array.from({ length: 250 }, () => upgraded(port)))));
  return sockets;
}

function upgraded(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(
        `GET /bedrock-chat/ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      ),
    );
    socket.once("data", () => resolve(socket));
    socket.once("error", reject);
  });
}

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
async function residentKb(pid: number): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`).text();
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
}
