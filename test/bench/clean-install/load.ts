/**
 * Clients behind the proxy, in a process of their own: `bun load.ts ORIGIN SESSIONS`. Each has a conversation, and repeats a request
 * whose response was lost. When standard input ends, they finish and print what was answered.
 */
const [origin = "", count = "1"] = process.argv.slice(2);
const tls = { rejectUnauthorized: false };
const answered: Record<string, string[]> = {};
let repeated = 0;
let slowest = 0;
let isRunning = true;

async function ask(session: string, message: string): Promise<void> {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
  const body = JSON.stringify({ message, session_id: session });
  const startedAt = performance.now();
  for (;;) {
    const response = await fetch(`${origin}/api/v1/chat`, { method: "POST", headers, body, tls }).catch(
      () => undefined,
    );
    if (response?.ok && (await response.json().catch(() => undefined)) !== undefined) break;
    repeated += 1;
    if (performance.now() - startedAt > 60_000)
      throw new Error(`no answer for a minute: ${response?.status} ${await response?.text()}`);
    await Bun.sleep(100);
  }
  slowest = Math.max(slowest, performance.now() - startedAt);
}

async function converse(session: string): Promise<void> {
  const questions: string[] = [];
  answered[session] = questions;
  while (isRunning) {
    const question = `How many products are there? (${session} ${questions.length})`;
    await ask(session, question);
    questions.push(question);
  }
}

async function openPage(): Promise<{ readonly page: number; readonly frame: string }> {
  const { status } = await fetch(`${origin}/bedrock-chat/ui`, { tls });
  const socket = new WebSocket(`${origin.replace("https", "wss")}/bedrock-chat/ws`, { tls } as never);
  const frame = await new Promise<string>((resolve, reject) => {
    socket.onerror = () => reject(new Error("the WebSocket does not open"));
    socket.onopen = () => socket.send(JSON.stringify({ type: "message", message: "hello" }));
    socket.onmessage = ({ data }) => {
      const { type } = JSON.parse(String(data));
      if (type === "ai_response" || type === "error") resolve(type);
    };
  });
  socket.close();
  return { page: status, frame };
}

const sessions = Array.from({ length: Number(count) }, () => crypto.randomUUID());
const conversations = Promise.all(sessions.map(converse));
const page = await openPage();
await Bun.stdin.text();
isRunning = false;
await conversations;
process.stdout.write(JSON.stringify({ answered, repeated, slowestSeconds: slowest / 1000, ...page }));

export {};
