import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { USER } from "../lib/fargate";
import { CDK } from "./stage";

const dockerfile = readFileSync(join(CDK, "image/Dockerfile"), "utf8");
const lines = dockerfile.split("\n");

test("the image is built by the toolchain that the repository names", () => {
  const channel = /channel = "([^"]+)"/.exec(readFileSync(join(CDK, "../rust-toolchain.toml"), "utf8"))?.[1] ?? "";
  assert.match(dockerfile, new RegExp(`^FROM rust:${channel.replaceAll(".", "\\.")}-slim-bookworm@`, "m"));
});

test("every base is named by its digest", () => {
  const stages = lines.flatMap((line) => / AS (\w+)$/.exec(line)?.[1] ?? []);
  const bases = lines.flatMap((line) => /^FROM (\S+)/.exec(line)?.[1] ?? []).filter((base) => !stages.includes(base));
  assert.ok(bases.length > 0);
  for (const base of bases) {
    assert.match(base, /@sha256:[0-9a-f]{64}$/);
  }
});

test("the image runs as the user whom the dead letters belong to, who is not root", () => {
  assert.equal(lines.findLast((line) => line.startsWith("USER ")), `USER ${USER}:${USER}`);
  assert.notEqual(USER, 0);
});

test("the health check asks the binary that the image starts", () => {
  assert.ok(lines.includes('ENTRYPOINT ["/falconer"]'));
});

test("the build is given what it needs, and every path of it is there", () => {
  const allowed = readFileSync(join(CDK, "image/Dockerfile.dockerignore"), "utf8")
    .split("\n")
    .flatMap((line) => /^!(.+)$/.exec(line)?.[1] ?? []);
  for (const path of allowed) {
    assert.ok(existsSync(join(CDK, "..", path)), path);
  }
  for (const path of ["Cargo.toml", "Cargo.lock", "workers", "statemachines"]) {
    assert.ok(allowed.includes(path), path);
  }
});
