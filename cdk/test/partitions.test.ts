import assert from "node:assert/strict";
import { test } from "node:test";

import { example, inGovCloud, templates } from "./stage";

for (const [partition, configuration] of [["commercial", example()], ["GovCloud", inGovCloud()]] as const) {
  test(`no template of a ${partition} partition names the partition itself`, () => {
    for (const [name, template] of templates(configuration)) {
      const text = JSON.stringify(template.toJSON());
      // Operators are named by their whole ARNs, as the configuration has them.
      const named = [...text.matchAll(/arn:aws[a-z-]*:[^"]*/g)].map(([arn]) => arn).filter((arn) => !configuration.operators.includes(arn));
      // What documents demand of an ARN, and what they say of one, holds in every partition.
      assert.deepEqual(named.filter((arn) => !arn.startsWith("arn:aws[a-z-]*:")), [], name);
    }
  });
}
