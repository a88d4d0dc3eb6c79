import assert from "node:assert/strict";
import { test } from "node:test";

import { brokenLinks, pages } from "./markdown";

test("every link between the repository's pages leads to a file, and to a heading that is there", () => {
  assert.deepEqual(pages().flatMap(brokenLinks), []);
});
