import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { readHouse } from "../lib/house";
import { codeOf, fencesOf, page, ROOT } from "./markdown";
import { CDK, example, type Resource, templates } from "./stage";

const guide = page("cdk/GUIDE.md");

/** What stands at the end of a command that no test can run. */
const NEEDS = / # needs (an account|a container engine)$/;

/** Where each of the other commands is run: here, or by a target of the Makefile that runs the same. */
const RUN: Readonly<Record<string, "laptop" | "configuration" | `make ${string}`>> = {
  "make demo": "make demo",
  "cargo build --quiet --locked --workspace": "make contracts",
  "target/debug/falconer sandbox --with-worker --listen 127.0.0.1:4599 &": "laptop",
  "export AWS_ENDPOINT_URL=http://127.0.0.1:4599 AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=sandbox AWS_SECRET_ACCESS_KEY=sandbox": "laptop",
  "target/debug/falconer blocks add evil.example --reason 'case 42' --ttl 24h": "laptop",
  "target/debug/falconer blocks list": "laptop",
  "target/debug/falconer blocks explain evil.example": "laptop",
  "target/debug/falconer blocks release evil.example": "laptop",
  "unset AWS_ENDPOINT_URL AWS_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY": "laptop",
  "npm ci": "make cdk",
  "cp example.json falconer.json": "configuration",
  "npx cdk ls -c configuration=falconer.json": "configuration",
  "npx cdk synth --quiet -c configuration=falconer.json": "configuration",
};

const shells = fencesOf(guide).filter(({ language }) => language === "sh");
const commands = shells.flatMap(({ lines }) => lines).filter((line) => line !== "");

/** The guide's commands that are run in one place, in its order. */
function runIn(place: string): string[] {
  return commands.filter((command) => RUN[command] === place);
}

/** Runs commands as the guide's reader would, with nothing of this process's surroundings. */
function bash(cwd: string, lines: readonly string[]): string {
  const env = { PATH: process.env["PATH"], HOME: tmpdir(), CDK_DISABLE_CLI_TELEMETRY: "true" };
  return execFileSync("bash", ["-euo", "pipefail", "-c", lines.join("\n")], { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

test("every command is run by a test, or says what it needs", () => {
  assert.ok(commands.length > 0);
  assert.deepEqual(commands.filter((command) => !NEEDS.test(command) && !(command in RUN)), []);
  assert.deepEqual(Object.keys(RUN).filter((command) => !commands.includes(command)), [], "the guide has it no more");
});

test("what a make target runs is run by a target that is there", () => {
  const makefile = page("Makefile");
  for (const place of Object.values(RUN).filter((one) => one.startsWith("make "))) {
    assert.match(makefile, new RegExp(`^${place.slice("make ".length)}:`, "m"), place);
  }
  for (const command of Object.keys(RUN).filter((one) => RUN[one] !== one && RUN[one]?.startsWith("make "))) {
    assert.ok(makefile.includes(command), command);
  }
});

const unbuilt = existsSync(join(ROOT, "target/debug/falconer")) ? false : "`make contracts` builds target/debug/falconer";

test("the first block comes and goes in the sandbox as the guide tells it", { skip: unbuilt }, async () => {
  const told = await inSandbox(runIn("laptop"));
  assert.equal(told.match(/SUCCEEDED/g)?.length, 2, told);
  assert.match(told, /3 of 3 run the ledger/);
});

test("every input that the guide gives to a runbook is one that it takes", { skip: unbuilt }, async () => {
  const runs = commands.filter((command) => command.startsWith("falconer run "));
  const folder = mkdtempSync(join(tmpdir(), "falconer-guide-"));
  try {
    for (const { file, lines } of fencesOf(guide).filter(({ language, file }) => language === "json" && file !== "")) {
      // The sandbox's members are in another region than the example's.
      writeFileSync(join(folder, file), lines.join("\n").replaceAll("eu-central-1", "us-east-1"));
    }
    const here = runs.map((run) => `target/debug/${run.replace(NEEDS, "").replace("--input ", `--input ${folder}/`)}`);
    const told = await inSandbox([...runIn("laptop").slice(0, 2), ...here]);
    assert.equal(told.match(/SUCCEEDED/g)?.length, runs.length, told);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the configuration is copied, listed and synthesized with no credentials, and the guide names its stacks", () => {
  const folder = mkdtempSync(join(tmpdir(), "falconer-guide-"));
  try {
    copyFileSync(join(CDK, "example.json"), join(folder, "example.json"));
    symlinkSync(join(CDK, "node_modules"), join(folder, "node_modules"));
    const settings = JSON.parse(readFileSync(join(CDK, "cdk.json"), "utf8")) as Record<string, unknown>;
    // What is built already, since a build would replace what the other tests run.
    const built = { app: `node ${join(CDK, "build/bin/falconer.js")}`, build: undefined };
    writeFileSync(join(folder, "cdk.json"), JSON.stringify({ ...settings, ...built }));
    const listed = bash(folder, runIn("configuration")).trim().split("\n");
    assert.deepEqual(listed.toSorted(), [...templates().keys()].toSorted());
    assert.deepEqual(listed.filter((name) => !guide.includes(`\`${name}\``)), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("every name of ours in the guide is one that is deployed", () => {
  const deployed = [...templates().keys(), ...[...templates().values()].map((template) => JSON.stringify(template.toJSON())), JSON.stringify(readHouse())].join(" ");
  // What the guide itself makes, or shows as an example of what could be.
  const itsOwn = new Set(["falconer-install", "falconer-first-block", "falconer-guide", "falconer-block-2", "falconer-region-"]);
  const names = [...guide.matchAll(/\bfalconer-[a-z][a-z0-9-]*/g)].map(([name]) => name).filter((name) => !itsOwn.has(name));
  assert.deepEqual(names.filter((name) => !deployed.includes(name)), []);
});

test("what the guide says stays is what the templates retain", () => {
  const stages = [templates(), templates({ ...example(), encryption: "shared-key" })];
  const found = stages.flatMap((stage) => [...stage.values()].flatMap((template) => Object.values(template.toJSON()["Resources"] as Record<string, Resource>)));
  const retained = found.filter(({ DeletionPolicy }) => DeletionPolicy !== undefined && DeletionPolicy !== "Delete").map(({ Type }) => Type);
  const [, end = ""] = guide.split("**What stays in the hub on purpose.**");
  const told = [...end.matchAll(/^ *\| .*?\(`((?:AWS|Custom)::[\w:]+)`\) \|/gm)].map(([, type]) => type);
  assert.deepEqual(told.toSorted(), [...new Set(retained)].toSorted());
});

test("every file and every command of `falconer` that the guide names is there", () => {
  const files = codeOf(guide).filter((code) => /^(cdk|runbooks|workers|tests|statemachines)\/[\w./*-]+$/.test(code));
  assert.deepEqual(files.filter((file) => !existsSync(join(ROOT, file))), []);
  const readme = page("README.md");
  const words = [...codeOf(guide), ...commands].flatMap((code) => /^(?:target\/debug\/)?falconer ([a-z]+)/.exec(code)?.[1] ?? []);
  assert.deepEqual(words.filter((word) => !new RegExp(`falconer ${word}\\b`).test(readme)), []);
});

/** Runs commands of which the first ones start a sandbox, and end it with them. */
async function inSandbox(lines: readonly string[]): Promise<string> {
  const port = await freePort();
  const script = lines.flatMap((line) => {
    const here = line.replaceAll("4599", String(port));
    // Its first line says that it is ready; until then nobody goes on.
    return here.endsWith(" &") ? [`exec 3< <(exec ${here.slice(0, -2)} 2>/dev/null)`, `trap "kill $!" EXIT`, "read -r ready <&3"] : [here];
  });
  return bash(ROOT, script);
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer().on("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        found(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  });
}
