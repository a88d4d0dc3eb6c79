import assert from "node:assert/strict";
import { test } from "node:test";

import { ConfigurationError, parseConfiguration } from "../lib/configuration";
import type { Problem } from "../lib/configuration/reader";
import { fencesOf, page } from "./markdown";
import { exampleJson } from "./stage";

const guide = page("cdk/GUIDE.md");

/** No key is called so. */
const NOBODY = "nobodyWouldCallAKeySo";

type Json = Readonly<Record<string, unknown>>;

test("every JSON of the guide can be read, and what belongs into falconer.json is taken by the app", () => {
  const blocks = fencesOf(guide).filter(({ language }) => language === "json");
  for (const { file, lines } of blocks) {
    const json = JSON.parse(lines.join("\n")) as Json;
    if (file === "falconer.json") {
      assert.deepEqual(problemsOf(merged(exampleJson(), json)), []);
    }
  }
  assert.ok(blocks.some(({ file }) => file === "falconer.json"));
});

test("the table has every key of the configuration once, and no other", () => {
  assert.deepEqual(rows().map(({ key }) => key).toSorted(), knownKeys([]).toSorted());
});

test("a default that the table names is what the app does without the key", () => {
  for (const { key, byDefault } of rows().filter((row) => row.byDefault !== "required")) {
    const without = parseConfiguration(at(exampleJson(), key, undefined));
    assert.deepEqual(parseConfiguration(at(exampleJson(), key, JSON.parse(byDefault))), without, key);
  }
});

test("a key that the table calls required is asked for", () => {
  for (const { key } of rows().filter((row) => row.byDefault === "required")) {
    assert.ok(problemsOf(at(exampleJson(), key, undefined)).some((problem) => problem.key === key), key);
  }
});

test("every FALCONER_ variable of the guide has its key in README.md", () => {
  const known = new Set(["FALCONER_CONFIG", ...variables()]);
  const named = [...guide.matchAll(/\bFALCONER_[A-Z0-9_]+/g)].map(([name]) => name);
  assert.ok(named.length > 0);
  assert.deepEqual(named.filter((name) => !known.has(name)), []);
});

/** The rows of the table of keys: `key`, several of them, and the default in JSON. */
function rows(): { key: string; byDefault: string }[] {
  const [, table = ""] = guide.split("| key | default | what it is |\n|---|---|---|\n");
  return (table.split("\n\n")[0] ?? "").split("\n").flatMap((row) => {
    const [, keys = "", byDefault = ""] = row.split("|");
    return [...keys.matchAll(/`([^`]+)`/g)].map(([, key = ""]) => ({ key, byDefault: byDefault.replaceAll("`", "").trim() }));
  });
}

/** Every key that holds a value, found by asking the app what it knows: it names its keys where it meets one that it does not. */
function knownKeys(path: readonly string[]): string[] {
  const place = [...path, NOBODY].join(".");
  const told = problemsOf(at({}, place, 0)).find(({ key }) => key === place)?.problem;
  const names = /known are (.*)$/.exec(told ?? "")?.[1]?.split(", ");
  const isWhole = path.length > 0 && (names === undefined || path.join(".") === "firewall.huntGroup");
  return isWhole ? [path.join(".")] : (names ?? []).filter((name) => name !== NOBODY).flatMap((name) => knownKeys([...path, name]));
}

function problemsOf(value: unknown): readonly Problem[] {
  try {
    parseConfiguration(value);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return error.problems;
  }
}

/** An object with another value at `a.b`, or with none there. */
function at(json: Json, key: string, value: unknown): Json {
  const [name = "", ...rest] = key.split(".");
  const inner = rest.length === 0 ? value : at((json[name] ?? {}) as Json, rest.join("."), value);
  return { ...json, [name]: inner };
}

function merged(json: Json, changes: Json): Json {
  const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
  const members = Object.entries(changes).map(([name, value]) => {
    const old = json[name];
    return [name, isObject(value) && isObject(old) ? merged(old, value) : value];
  });
  return { ...json, ...(Object.fromEntries(members) as Json) };
}

/** The variables of the keys in README.md's configuration, those too that stand in its comments. */
function variables(): string[] {
  const lines = fencesOf(page("README.md")).find(({ language }) => language === "toml")?.lines ?? [];
  let section = "";
  return lines.flatMap((line) => {
    section = /^\[([^\]]+)\]/.exec(line)?.[1] ?? section;
    const keys = /^(\w+) *=/.exec(line)?.[1] ?? /^# ([a-z_, ]+):/.exec(line)?.[1] ?? "";
    return keys.split(", ").filter((key) => key !== "").map((key) => `FALCONER_${section}_${key}`.replaceAll(".", "_").toUpperCase());
  });
}
