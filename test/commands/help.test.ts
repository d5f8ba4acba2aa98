import { describe, expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { commands } from "../../src/commands/index.ts";
import { ERROR_STATUS } from "../../src/errors.ts";
import { findErrorSection } from "../../src/manual/find-error.ts";
import { TOPICS } from "../../src/manual/topics.ts";
import { SPECCHAT } from "../support/specchat-command.ts";

async function specchat(argv: readonly string[], environment: Record<string, string> = {}) {
  const child = Bun.spawn([...SPECCHAT, ...argv], {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, HOME: tmpdir(), ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}

describe("specchat help", () => {
  test("lists every command and every topic with its summary", async () => {
    const { code, out, err } = await specchat(["help"]);
    expect([code, err]).toEqual([0, ""]);
    for (const name of Object.keys(commands)) expect(out).toMatch(new RegExp(`^  \\[?${name}\\b`, "m"));
    for (const { name, summary } of TOPICS) {
      expect(out).toMatch(new RegExp(`^    ${name} `, "m"));
      expect(out.replace(/\s+/g, " ")).toContain(summary);
    }
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("prints a topic as plain text", async () => {
    const { code, out, err } = await specchat(["help", "approval"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toStartWith("Approval of calls\n=================\n\n");
    expect(out).toMatch(/^`writes` \(default\) {2}calls that change something need approval$/m);
    expect(out).not.toContain("\u001b");
    expect(out).toEndWith(".\n");
  });

  test("prints a long topic in full to a pipe", async () => {
    const { out } = await specchat(["help", "settings"]);
    expect(out).toContain("--spec FILE|URL|-");
    expect(out).toContain("--debug-mode");
    expect(out.length).toBeGreaterThan(20_000);
  });

  test("prints what happened and what to do for every error code", async () => {
    const { code, out, err } = await specchat(["help", "lease_lost"]);
    expect({ code, out, err }).toEqual({
      code: 0,
      err: "",
      out: [
        "`lease_lost`",
        "============",
        "",
        "HTTP status 409. Another process has taken over the session, because this one",
        "did not renew its lease in time.",
        "",
        "What to do: Resume the session. If this is frequent, a process is overloaded, or",
        "the connection to the store is slow: scaling.",
        "",
      ].join("\n"),
    });
    for (const code of Object.keys(ERROR_STATUS))
      expect(findErrorSection(TOPICS, code)).toMatch(
        new RegExp(`^# \`${code}\`\\n\\nHTTP status \\d{3}\\. .{20,}\\n\\n\\*\\*What to do:\\*\\* .{20,}$`),
      );
    expect(findErrorSection(TOPICS, "lease")).toBeUndefined();
  });

  test("names the topics nearest to one that there is not, and fails", async () => {
    expect(await specchat(["help", "aproval"])).toEqual({
      code: 2,
      out: "",
      err: 'Unknown topic "aproval". Nearest: approval, errors, openai. `specchat help` lists all topics.\n',
    });
  });

  test("prints a command's flags, and names them below a topic of the same name", async () => {
    const { out } = await specchat(["help", "call"]);
    expect(out).toStartWith("Usage: specchat call <tool> [settings]\n");
    expect((await specchat(["help", "tools"])).out).toEndWith(
      "\n\n`specchat tools --help` lists the flags of the command.\n",
    );
  });

  test("works while a setting is wrong, and takes one topic only", async () => {
    expect((await specchat(["help", "storage"], { SPECCHAT_PORT: "none" })).code).toBe(0);
    expect(await specchat(["help", "storage", "cost"])).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining('unexpected argument "cost"'),
    });
  });
});
