/** Formats log lines of the bedrock-agent protocol (src/protocols/bedrock-agent/PROTOCOL.md): the fields are JSON at the end. */
import type { LogFields } from "../../telemetry/log.ts";

export function formatAgentLogLine(at: Date, level: string, message: string, fields: LogFields): string {
  const time = at.toISOString().slice(0, 19).replace("T", " ");
  const pairs = Object.entries(fields).map(
    ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `${time} - app - ${level.toUpperCase()} - ${message} - {${pairs.join(", ")}}`;
}
