import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { InputError } from "../base/check.ts";

/** Bytes of a file that is read as a whole: what still makes one text. */
export const fileMax = 1 << 29;

/**
 * The bytes of a file, a pipe or a device, which may be without an end.
 *
 * @throws {InputError} for a folder, and for more bytes than can be read as a whole
 */
export function readBounded(file: string): Uint8Array {
  const handle = openSync(file, "r");
  try {
    const stat = fstatSync(handle);
    if (stat.isDirectory()) throw refused(file, "it is a folder, not a file");
    if (stat.size > fileMax) throw tooLong(file, `${stat.size}`);
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(Math.max(stat.size - length, 1 << 16));
      const read = readSync(handle, chunk);
      if (read === 0) return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, read));
      length += read;
      if (length > fileMax) throw tooLong(file, `over ${fileMax}`);
    }
  } finally {
    closeSync(handle);
  }
}

const refused = (file: string, message: string): InputError => new InputError(file, [{ path: "", message }]);

const tooLong = (file: string, bytes: string): InputError =>
  refused(file, `has ${bytes} bytes; what is read as a whole may have ${fileMax}`);
