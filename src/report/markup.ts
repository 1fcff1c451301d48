/** Text that is HTML or SVG already; everything else is escaped when it meets `html`. */
export interface Markup {
  readonly markup: string;
}

type Hole = Markup | string | number | null | readonly (Markup | string | null)[];

/**
 * Markup from a template: values are escaped, markup in it is kept, lists are joined, null is nothing.
 *
 * @example
 * html`<p>${"<b>"}</p>`.markup // => "<p>&lt;b&gt;</p>"
 */
export function html(parts: TemplateStringsArray, ...holes: readonly Hole[]): Markup {
  return { markup: parts.reduce((text, part, i) => text + asText(holes[i - 1] ?? null) + part) };
}

/** Text that needs no escaping because this program wrote it, such as a path's coordinates or a style sheet. */
export const raw = (markup: string): Markup => ({ markup });

function asText(hole: Hole): string {
  if (hole === null) return "";
  if (typeof hole === "number") return String(hole);
  if (typeof hole === "string") return escaped(hole);
  if ("markup" in hole) return hole.markup;
  return hole.map(asText).join("");
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
