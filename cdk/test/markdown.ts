import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

import { anchorOf } from "../lib/operations/pages";
import { CDK } from "./stage";

/** The repository's top folder. */
export const ROOT = resolve(CDK, "..");

/** What is installed or built, and no page of ours. */
const NOT_OURS = new Set(["node_modules", "target", "build", "cdk.out"]);

/** A fenced block: what it is written in, and the file that it stands for, as in "```json falconer.json". */
export interface Fence {
  readonly language: string;
  readonly file: string;
  readonly lines: readonly string[];
}

/** Every Markdown page of the repository, by its path from the top folder. */
export function pages(folder = ROOT): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return NOT_OURS.has(entry.name) || entry.name.startsWith(".") ? [] : pages(path);
    }
    return entry.name.endsWith(".md") ? [relative(ROOT, path)] : [];
  });
}

/** The text of a page. */
export function page(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** The fenced blocks of a page, also those within lists. */
export function fencesOf(text: string): Fence[] {
  return [...text.matchAll(/^( *)```(\w*) ?(\S*)\n(.*?)^\1```$/gms)].map(([, indent = "", language = "", file = "", body = ""]) => ({
    language,
    file,
    lines: body.split("\n").map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)),
  }));
}

/** The texts between backticks, outside of fenced blocks. */
export function codeOf(text: string): string[] {
  return [...withoutFences(text).matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

/** The links of a page that lead nowhere, each with the reason. */
export function brokenLinks(path: string): string[] {
  const text = withoutFences(page(path)).replaceAll(/`[^`]*`/g, "");
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target)).flatMap((target) => {
    const [file = "", anchor] = target.split("#");
    const found = file === "" ? join(ROOT, path) : resolve(ROOT, dirname(path), file);
    if (!existsSync(found)) {
      return [`${path}: ${target}: there is no such file`];
    }
    const isThere = anchor === undefined || (statSync(found).isFile() && anchorsOf(readFileSync(found, "utf8")).has(anchor));
    return isThere ? [] : [`${path}: ${target}: there is no such heading`];
  });
}

/** The headings of a page, as links name them; one that comes again gets a number. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutFences(text).matchAll(/^#{1,6} (.*)$/gm)) {
    const anchor = anchorOf(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1"));
    const numbers = Array.from({ length: anchors.size + 1 }, (_, number) => (number === 0 ? anchor : `${anchor}-${number}`));
    anchors.add(numbers.find((one) => !anchors.has(one)) ?? anchor);
  }
  return anchors;
}

function withoutFences(text: string): string {
  return text.replaceAll(/^( *)```.*?^\1```$/gms, "");
}
