import type { Runbook } from "../house";

/** The services that are no runbooks and have a page all the same. */
export const GATEWAY_PAGE = "runbooks/gateway/README.md";

/** Where an operator reads what to do when a runbook fails: the page under runbooks/, and the heading on it. */
export function failuresOf({ slug, page }: Runbook): string {
  const heading = /^## (When (?:it|something|the execution) fails)$/m.exec(page)?.[1];
  if (heading === undefined) {
    throw new Error(`runbooks/${slug}/README.md has no heading "When it fails", to which the alarm of its failures could point`);
  }
  return `runbooks/${slug}/README.md#${anchorOf(heading)}`;
}

/** A heading as links name it. */
export function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\w -]/g, "").replaceAll(" ", "-");
}
