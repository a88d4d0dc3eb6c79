import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";

import type { Configuration } from "../lib/configuration";
import { deploy, deploymentApp } from "../lib/deployment";
import { readHouse } from "../lib/house";
import { example, inGovCloud } from "./stage";

// cdk-nag reads every property there is, also those that CDK has given up and nobody here uses.
process.env["JSII_DEPRECATED"] = "quiet";

interface Report {
  readonly pluginReports: readonly { readonly violations: readonly { readonly ruleName: string; readonly violatingConstructs: readonly { constructPath: string }[] }[] }[];
}

/** What cdk-nag, and CDK's own validation, find in every stack of a deployment. */
function findings(configuration: Configuration): string[] {
  const folder = mkdtempSync(join(tmpdir(), "falconer-nag-"));
  try {
    const app = deploymentApp(folder);
    deploy(app, configuration, readHouse());
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    try {
      app.synth();
    } catch {
      // What was found stands in the report.
    }
    const { pluginReports } = JSON.parse(readFileSync(join(folder, "validation-report.json"), "utf8")) as Report;
    return pluginReports.flatMap(({ violations }) =>
      violations.flatMap(({ ruleName, violatingConstructs }) => violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`)),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("cdk-nag finds nothing that is not answered", () => {
  assert.deepEqual(findings(example()), []);
});

test("cdk-nag finds nothing in AWS GovCloud (US), with a key of one's own for everything", () => {
  assert.deepEqual(findings({ ...inGovCloud(), encryption: "shared-key" }), []);
});

test("cdk-nag finds nothing in the alert log's way with a key of one's own", () => {
  assert.deepEqual(findings(example({ encryption: "shared-key" })), []);
});
