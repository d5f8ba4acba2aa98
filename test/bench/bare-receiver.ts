/**
 * A server that receives bodies in chunks and frames, as specchat does, and does nothing with them. It answers pings. What others
 * wait for it during an attack is the share of Bun and of the system. It prints its address.
 */
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  idleTimeout: 0,
  maxRequestBodySize: 100_000_000,
  async fetch(request, { upgrade }) {
    if (request.headers.has("upgrade") && upgrade.call(server, request)) return undefined;
    const reader = request.body?.getReader();
    while (reader && !(await reader.read()).done);
    return new Response("ok");
  },
  websocket: {
    maxPayloadLength: 100_000_000,
    message: (socket, frame) => void socket.send(frame.length < 100 ? '{"type":"pong"}' : '{"type":"error"}'),
  },
});
process.stdout.write(`${server.url.origin}\n`);
