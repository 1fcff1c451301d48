import { createHash } from "node:crypto";

/** Which of the mutants are tried. */
export interface Sampled {
  readonly share: number;
  /** Another draw gives other mutants; the same one gives the same every time. */
  readonly draw: string;
}

/** Whether a mutant, by its number, is in a random share of all. */
export function isSampled(id: string, { share, draw }: Sampled): boolean {
  return createHash("sha256").update(`${draw} ${id}`).digest().readUInt32LE() < share * 2 ** 32;
}
