/** The chat server without features that both baselines are: it answers each message of a WebSocket with the model's text. */

/** Calls `send` with each piece of the reply to a message. */
export type Answer = (message: string, send: (text: string) => void) => Promise<void>;

/** Serves the frames of the native protocol that a chat needs, and prints its address. */
export function serveBaseline(answer: Answer): void {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, upgrader) => (upgrader.upgrade(request) ? undefined : new Response("ok")),
    websocket: {
      open(socket) {
        socket.send(JSON.stringify({ type: "connection_established" }));
      },
      async message(socket, data) {
        const { message } = JSON.parse(String(data));
        let reply = "";
        await answer(message, (text) => {
          reply += text;
          socket.send(JSON.stringify({ type: "text_delta", text }));
        });
        socket.send(JSON.stringify({ type: "ai_response", message: reply }));
      },
    },
  });
  process.stdout.write(`http://127.0.0.1:${server.port}\n`);
}
