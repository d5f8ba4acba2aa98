/** Runs a case of `test/fixtures/cases/server` and returns the differences from what it expects, one line each. */
import type { StandIn } from "../bedrock/index.ts";
import {
  accessKeyOf,
  type CaseApi,
  type CaseFolder,
  caseScript,
  createCaseFolder,
  OWN_ADDRESS,
  startCaseApi,
  startCaseBedrock,
} from "./server-case-process.ts";
import type { ServerCase, Step, Words } from "./server-case-types.ts";
import { SocketClient } from "./socket-client.ts";

interface Running {
  readonly url: string;
  readonly output: () => string;
  readonly api: CaseApi;
  readonly bedrock: StandIn;
  readonly sockets: Map<string, SocketClient>;
  readonly cookies: Map<string, string>;
}

export async function runServerCase(input: ServerCase): Promise<readonly string[]> {
  const api = startCaseApi();
  const bedrock = await startCaseBedrock();
  const folder = await createCaseFolder(input, { api, bedrock });
  try {
    if (input.command) return await runCommand(input, folder);
    return await runServer(input, folder, { api, bedrock });
  } finally {
    await Promise.all([api.stop(), bedrock.stop(), folder.remove()]);
  }
}

async function runCommand(
  { command = [], stdin, expect = {} }: ServerCase,
  folder: CaseFolder,
): Promise<readonly string[]> {
  const child = folder.spawn(command[0] ?? "", command.slice(1));
  for (const message of stdin ?? []) child.stdin.write(`${JSON.stringify(message)}\n`);
  child.stdin.end();
  const [out, err] = await Promise.all([readSlowly(child.stdout), new Response(child.stderr).text()]);
  await child.exited;
  const { says = {}, least = 0, whole, tools = [], absent = [] } = expect;
  const names = tools.length + absent.length > 0 ? (JSON.parse(out) as { name: string }[]) : [];
  const isListed = (tool: string) => names.some(({ name }) => name === tool);
  return [
    ...findWords("output", out + err, says),
    ...(out.length < least ? [`only ${out.length} characters: ${err}`] : []),
    ...(whole && !isJson(out) ? ["the output is truncated"] : []),
    ...tools.filter((name) => !isListed(name)).map((name) => `${name} is not listed`),
    ...absent.filter(isListed).map((name) => `${name} is listed`),
  ];
}

async function readSlowly(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    await Bun.sleep(2);
  }
  return text;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function runServer(
  input: ServerCase,
  folder: CaseFolder,
  ports: Pick<Running, "api" | "bedrock">,
): Promise<readonly string[]> {
  const child = folder.spawn("serve", ["--port", "0", ...(input.options ?? [])]);
  let output = "";
  let markStarted = (_started: boolean) => {};
  const started = new Promise<boolean>((resolve) => {
    markStarted = resolve;
  });
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    for await (const chunk of stream) {
      output += new TextDecoder().decode(chunk);
      if (/\n {2}Approval .*\n/.test(output)) markStarted(true);
    }
    markStarted(false);
  };
  const reading = Promise.all([collect(child.stdout), collect(child.stderr)]);
  const sockets = new Map<string, SocketClient>();
  try {
    const hasStarted = await Promise.race([started, child.exited.then(() => false)]);
    if (input.refused) {
      if (hasStarted) return ["the server has started"];
      await reading;
      return [
        ...((await child.exited) === 0 ? ["exit code 0"] : []),
        ...findWords("output", output, { has: input.refused }),
      ];
    }
    if (!hasStarted) return [`the server did not start: ${output}`];
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? "";
    const running: Running = { url, output: () => output, ...ports, sockets, cookies: new Map() };
    const differences: string[] = [];
    for (const step of input.steps ?? []) differences.push(...(await runStep(step, running)));
    return differences.length > 0 ? [...differences, output] : [];
  } finally {
    for (const socket of sockets.values()) socket.terminate();
    child.kill("SIGKILL");
    await child.exited;
  }
}

async function runStep(step: Step, running: Running): Promise<readonly string[]> {
  const { api, bedrock } = running;
  if (step.get !== undefined || step.post !== undefined) return await runRequest(step, running);
  if (step.socket !== undefined) return await runSocket(step, step.socket, running);
  if (step.say !== undefined) return await runMessage(step, running);
  if (step.model) bedrock.script(caseScript(step.model.map(toReply)));
  if (step.wait !== undefined) await Bun.sleep(step.wait);
  if (step.asked) return compareRequest(step.asked, bedrock);
  if (step.calls && (api.count() < step.calls.least || api.count() > step.calls.most))
    return [`the API got ${api.count()} calls`];
  if (step.log) {
    // Some warnings follow the banner.
    const text = JSON.stringify(step.log.has ?? []);
    for (let waited = 0; waited < 20 && findWords("log", running.output(), step.log).length > 0; waited += 1)
      await Bun.sleep(text === "[]" ? 5 : 100);
    return findWords("log", running.output(), step.log);
  }
  return [];
}

function toReply({ text, tools }: NonNullable<Step["model"]>[number]) {
  return { ...(text !== undefined && { text: [text] }), ...(tools && { calls: tools }) };
}

function fillIn(text: string, { url, cookies }: Running): string {
  return text
    .replaceAll("{uuid}", () => crypto.randomUUID())
    .replaceAll("{origin}", url)
    .replaceAll("{port}", new URL(url).port)
    .replaceAll("{address}", OWN_ADDRESS)
    .replaceAll("{long}", "x".repeat(200_000))
    .replaceAll(/\{([\w-]+)'s\}/g, (_, name: string) => cookies.get(name) ?? "");
}

function fillHeaders(headers: Step["headers"], running: Running): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name, fillIn(value, running)]),
  );
}

async function runRequest(step: Step, running: Running): Promise<readonly string[]> {
  const target = step.get ?? step.post ?? [];
  const paths = typeof target === "string" ? [target] : target;
  let answered = 0;
  let differences: readonly string[] = [];
  for (let time = 0; time < (step.times ?? 1); time += 1) {
    const attempts: (readonly string[])[] = [];
    for (const path of paths) {
      const response = await fetch(`${running.url}${fillIn(path, running)}`, {
        method: step.post === undefined ? "GET" : "POST",
        headers: {
          ...(step.post !== undefined && { "Content-Type": "application/json" }),
          ...fillHeaders(step.headers, running),
        },
        redirect: "manual",
        ...(step.body !== undefined && { body: fillIn(JSON.stringify(step.body), running) }),
      });
      if (response.ok) answered += 1;
      const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";", 1)[0] ?? "");
      if (step.keep !== undefined) running.cookies.set(step.keep, cookies.join("; "));
      attempts.push(compareResponse(step, path, response.status, await response.text()));
    }
    differences = attempts.some((list) => list.length === 0) ? [] : attempts.flat();
  }
  return [...differences, ...compareAnswered(step, answered)];
}

function compareResponse(step: Step, path: string, status: number, body: string): readonly string[] {
  return [
    ...(step.status !== undefined && status !== step.status ? [`${path}: ${status} ${body}`] : []),
    ...(step.statusNot === status ? [`${path}: ${status} ${body}`] : []),
    ...findWords(path, body, step),
  ];
}

function compareAnswered({ answered }: Step, count: number): readonly string[] {
  if (!answered || (count >= answered.least && count <= answered.most)) return [];
  return [`${count} requests were answered`];
}

async function runSocket(step: Step, name: string, running: Running): Promise<readonly string[]> {
  const path = step.path ?? "/bedrock-chat/ws";
  let answered = 0;
  for (let time = 0; time < (step.times ?? 1); time += 1) {
    try {
      const socket = await SocketClient.connect(running.url, path, fillHeaders(step.headers, running));
      running.sockets.get(name)?.terminate();
      running.sockets.set(name, socket);
      if (step.approves) socket.send({ type: "hello", capabilities: ["approval"] });
      if (step.asks !== undefined) {
        socket.send(step.asks);
        const last = (await socket.readUntil("ai_response", "error")).at(-1);
        if (last.type === "ai_response") answered += 1;
      }
    } catch (error) {
      if (step.opens === false) return [];
      return [`${path}: ${error instanceof Error ? error.message : String(error)}`];
    }
  }
  return step.opens === false ? [`${path} has opened`] : compareAnswered(step, answered);
}

async function runMessage(step: Step, running: Running): Promise<readonly string[]> {
  const socket = [...running.sockets.values()].at(-1);
  if (!socket) return ["no socket is open"];
  const gets = step.gets ?? "ai_response";
  socket.send(fillIn(JSON.stringify(step.say), running));
  const approving = approveAll(socket);
  const frames = await Promise.race([
    socket.readUntil(gets, "ai_response", "error").finally(approving.stop),
    Bun.sleep(20_000).then(() => undefined),
  ]);
  if (!frames) return [`no ${gets} after 20 s: ${JSON.stringify(socket.frames)}`];
  const last = frames.at(-1);
  const text = JSON.stringify(last);
  return [...(last.type === gets ? [] : [`got ${text}`]), ...findWords("frame", text, step)];
}

/** Approves every call that the server asks about. */
function approveAll(socket: SocketClient): { stop(): void } {
  const approved = new Set<string>();
  const timer = setInterval(() => {
    for (const { type, approval_id: id } of socket.frames)
      if (type === "approval_request" && !approved.has(id)) {
        approved.add(id);
        socket.send({ type: "approve", approval_id: id, approved: true });
      }
  }, 20);
  return { stop: () => clearInterval(timer) };
}

function compareRequest(asked: NonNullable<Step["asked"]>, { requests }: StandIn): readonly string[] {
  const request = requests.at(-1);
  if (!request) return ["the model got no request"];
  const { toolConfig, system, messages } = request.body as {
    toolConfig?: { tools?: { toolSpec?: { name: string } }[] };
    system?: { text?: string }[];
    messages: unknown[];
  };
  const names = (toolConfig?.tools ?? []).flatMap(({ toolSpec }) => (toolSpec ? [toolSpec.name] : []));
  const prompt = (system ?? []).map(({ text = "" }) => text).join("\n");
  const { tools, toolsHave = [], toolsLack = [], systemHas = [], systemLacks = [] } = asked;
  return [
    ...(tools && names.toSorted().join() !== tools.toSorted().join() ? [`tools: ${names.join()}`] : []),
    ...toolsHave.filter((name) => !names.includes(name)).map((name) => `no tool ${name}`),
    ...toolsLack.filter((name) => names.includes(name)).map((name) => `tool ${name}`),
    ...findWords("system prompt", prompt, { has: systemHas, lacks: systemLacks }),
    ...(asked.messages !== undefined && messages.length !== asked.messages
      ? [`${messages.length} messages`]
      : []),
    ...(asked.key !== undefined && accessKeyOf(request) !== asked.key ? [`key ${accessKeyOf(request)}`] : []),
  ];
}

function findWords(
  label: string,
  text: string,
  {
    has = [],
    lacks = [],
  }: { readonly has?: Words | undefined; readonly lacks?: readonly string[] | undefined },
): readonly string[] {
  return [
    ...has
      .filter((words) => !(typeof words === "string" ? [words] : words).some((word) => text.includes(word)))
      .map((words) => `${label} lacks ${words}: ${text.slice(0, 2000)}`),
    ...lacks
      .filter((word) => text.toLowerCase().includes(word.toLowerCase()))
      .map((word) => `${label} has ${word}: ${text.slice(0, 2000)}`),
  ];
}
