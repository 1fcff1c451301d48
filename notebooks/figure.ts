import type { Markup } from "../src/report/markup.ts";
import { chartStyle } from "../src/report/style.ts";

/** A chart of the report with a caption. */
export function figure(caption: string, ...charts: readonly (Markup | null)[]): HTMLElement {
  const element = document.createElement("figure");
  element.innerHTML = charts.map((chart) => chart?.markup ?? "").join("");
  const words = document.createElement("figcaption");
  words.textContent = caption;
  element.prepend(words);
  const sheet = document.createElement("style");
  sheet.textContent = chartStyle;
  element.append(sheet);
  return element;
}

/** Rows of text as a table with an id, so that a test can read it. */
export function table(id: string, header: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const element = document.createElement("table");
  element.id = id;
  element.createTHead().append(rowOf("th", header));
  element.createTBody().append(...rows.map((cells) => rowOf("td", cells)));
  return element;
}

function rowOf(kind: "th" | "td", cells: readonly string[]): HTMLTableRowElement {
  const row = document.createElement("tr");
  row.append(
    ...cells.map((text) => {
      // A head without a word would be read aloud as one.
      const cell = document.createElement(text === "" ? "td" : kind);
      cell.textContent = text;
      return cell;
    }),
  );
  return row;
}
