import { closeSync, openSync, readSync, statSync } from "node:fs";
import { InputError } from "../base/check.ts";
import type { ImportSource } from "../report/importers/index.ts";
import { readBounded } from "./readBounded.ts";

/** A file as importers read it; opened anew for each way through. */
export function fileSource(file: string): ImportSource {
  const stat = statSync(file);
  if (stat.isDirectory()) throw new InputError(file, [{ path: "", message: "it is a folder, not a file" }]);
  const bytes = (): Uint8Array => readBounded(file);
  return {
    name: file,
    bytes,
    text: () => utf8(file, bytes()),
    lines: () => fileLines(file),
    endsWithLineEnd: lastByte(file, stat.size) === 10,
  };
}

function utf8(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(file, [{ path: "", message: "is not a text file in UTF-8" }]);
  }
}

/** Longer lines are no text of a tool. */
const lineMax = 1 << 28;

/** The lines of a file, in memory of a few of them. */
function* fileLines(file: string): Generator<string> {
  const handle = openSync(file, "r");
  try {
    const decoder = new TextDecoder("utf-8");
    // Pieces this small are let go of while they are young; larger ones pile up in the old part of the heap.
    const chunk = new Uint8Array(1 << 14);
    let rest = "";
    for (;;) {
      const read = readSync(handle, chunk);
      rest += decoder.decode(chunk.subarray(0, read), { stream: read > 0 });
      let from = 0;
      for (let end = rest.indexOf("\n", from); end >= 0; end = rest.indexOf("\n", from)) {
        yield rest.slice(from, rest[end - 1] === "\r" ? end - 1 : end);
        from = end + 1;
      }
      rest = rest.slice(from);
      if (rest.length > lineMax) throw new InputError(file, [{ path: "", message: "has a line without an end" }]);
      if (read === 0) break;
    }
    if (rest !== "") yield rest.replace(/\r$/, "");
  } finally {
    closeSync(handle);
  }
}

function lastByte(file: string, size: number): number | undefined {
  if (size === 0) return undefined;
  const handle = openSync(file, "r");
  try {
    const byte = new Uint8Array(1);
    readSync(handle, byte, 0, 1, size - 1);
    return byte[0];
  } finally {
    closeSync(handle);
  }
}
