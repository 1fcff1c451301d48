import { readFileSync } from "node:fs";
import type { ImportSource } from "../../../src/report/importers/index.ts";

/** A file's bytes as a source; `cut` keeps only so many of them. */
export function sourceOf(name: string, bytes: Uint8Array): ImportSource {
  const text = () => new TextDecoder().decode(bytes);
  return {
    name,
    bytes: () => bytes,
    text,
    lines: () => {
      const lines = text().split(/\r?\n/);
      if (lines.at(-1) === "") lines.pop();
      return lines;
    },
    endsWithLineEnd: bytes.at(-1) === 10,
  };
}

export const fileOf = (name: string): ImportSource =>
  sourceOf(name, readFileSync(`test/report/importers/files/${name}`));
export const textOf = (text: string): ImportSource => sourceOf("file", new TextEncoder().encode(text));
