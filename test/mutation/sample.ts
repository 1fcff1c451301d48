import { createHash } from "node:crypto";

/** Whether a mutant, by its number, is in a random share of all; the same ones every time. */
export function isSampled(id: string, share: number): boolean {
  return createHash("sha256").update(`coldcast ${id}`).digest().readUInt32LE() < share * 2 ** 32;
}
