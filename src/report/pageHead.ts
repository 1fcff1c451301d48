import { html, type Markup, raw } from "./markup.ts";

/** What a page of ours begins with. */
export interface PageHead {
  readonly title: string;
  /** The content security policy: what the page may run and fetch. */
  readonly policy: string;
  readonly style: string;
}

/** A page up to its body: encoding, policy, width, both colour schemes, title and style sheet. */
export function pageHead({ title, policy, style }: PageHead): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${raw(style)}</style>
</head>`;
}
