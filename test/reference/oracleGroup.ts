import { expect } from "vitest";

/** How one case of a group is checked; fails an assertion when it does not hold. */
export type CaseCheck = (given: Readonly<Record<string, unknown>>) => void;

/**
 * A check of the cases of one group.
 *
 * @param fields every field a case may have, separated by spaces; another one is an input nobody looks at, and fails
 */
export const group =
  <T>(fields: string, check: (given: T) => void): CaseCheck =>
  (given) => {
    const known = ["id", "note", "origin", "description", ...fields.split(" ")];
    expect(
      Object.keys(given).filter((field) => !known.includes(field)),
      "fields nobody looks at",
    ).toEqual([]);
    check(given as T);
  };

/** Compares what a case expects with what was found; an expectation nothing was found for fails. */
export function expectFields(found: object, expected: object): void {
  for (const [field, value] of Object.entries(expected)) {
    expect(Object.keys(found), "an expectation nobody looks at").toContain(field);
    expect({ [field]: found[field as keyof typeof found] }).toEqual({ [field]: value });
  }
}
