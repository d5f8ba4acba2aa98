/**
 * A Bun application that embeds specchat: its own page, the assistant, and an in-process message. Run as a program, it sends one
 * message and exits.
 */
import { createSpecchat, type SpecchatOptions, type SpecchatSettings } from "specchat";

export async function startApplication(settings: SpecchatSettings, options?: SpecchatOptions) {
  const specchat = await createSpecchat(settings, options);
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request, server) {
      if (new URL(request.url).pathname === "/") return new Response("The shop's own page");
      return specchat.fetch(request, server);
    },
    websocket: specchat.websocket,
  });
  return {
    specchat,
    url: server.url.origin,
    async stop() {
      await specchat.close();
      await server.stop();
    },
  };
}

if (import.meta.main) {
  const { specchat, stop } = await startApplication({ model: "demo", store: "memory" });
  for await (const event of specchat.ask("List the products under 50 dollars"))
    if (event.type === "text_delta") process.stdout.write(event.text);
  await stop();
}
