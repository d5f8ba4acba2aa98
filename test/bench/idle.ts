/** Measures the memory of an idle session: resident memory per socket of a server in its own process. */
import { connect, type Socket } from "node:net";
import { startBedrock } from "../bedrock/index.ts";
import { startApi } from "../support/harness.ts";
import { createServerFixture } from "../support/server-process.ts";
import { readResidentKb } from "./harness/process-usage.ts";
import type { Measurement } from "./measurement.ts";

const SESSIONS = 8000;
const MAX_KB = 6;

export async function idle(): Promise<readonly Measurement[]> {
  const [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  const fixture = await createServerFixture(bedrock, api);
  const server = await fixture.start();
  const port = Number(new URL(server.url).port);
  const warm = await openSockets(port, 500);
  const before = readResidentKb(server.pid);
  const sockets = await openSockets(port, SESSIONS);
  await Bun.sleep(1000);
  const perSession = (readResidentKb(server.pid) - before) / SESSIONS;
  for (const socket of [...warm, ...sockets]) socket.destroy();
  await fixture.remove();
  await Promise.all([bedrock.stop(), api.stop()]);
  return [
    {
      name: `resident memory of one of ${SESSIONS} idle sessions`,
      value: `${perSession.toFixed(1)} KB`,
      ratio: { of: perSession / MAX_KB, to: `${MAX_KB} KB`, target: 1 },
    },
  ];
}

/** Opens plain sockets and upgrades them, so that the clients use little memory. */
async function openSockets(port: number, count: number): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  for (let opened = 0; opened < count; opened += 250)
    sockets.push(...(await Promise.all(Array.from({ length: 250 }, () => openSocket(port)))));
  return sockets;
}

function openSocket(port: number): Promise<Socket> {
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
