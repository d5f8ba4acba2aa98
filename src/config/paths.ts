/** Where the chat answers, as the settings say. */
import type { Config } from "./settings.ts";

export function websocketPath({ websocketEndpoint, chatEndpoint }: Config): string {
  return websocketEndpoint ?? under(chatEndpoint, "ws");
}

export function uiPath({ uiEndpoint, chatEndpoint }: Config): string {
  return uiEndpoint ?? under(chatEndpoint, "ui");
}

export function healthPath({ chatEndpoint }: Config): string {
  return under(chatEndpoint, "health");
}

function under(base: string, name: string): string {
  return base === "/" ? `/${name}` : `${base}/${name}`;
}
