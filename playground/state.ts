import { type Choice, choices, controls, gridOf, type Key, positionOf } from "./controls.ts";

/** Everything a reader has set. */
export interface State {
  readonly choice: Choice;
  readonly values: Readonly<Record<Key, number>>;
}

/** What a page without an address of its own begins with. */
export const initialState: State = {
  choice: "both",
  values: Object.fromEntries(controls.map(({ key, initial }) => [key, initial])) as State["values"],
};

/**
 * A state as the part of an address after `#`: the choice, and every value that is not the initial one.
 *
 * @example
 * hashOf(initialState) // => "#targets=both"
 */
export function hashOf({ choice, values }: State): string {
  const changed = controls.filter(({ key, initial }) => values[key] !== initial);
  const told = changed.map(({ key }): [string, string] => [key, String(values[key])]);
  return `#${new URLSearchParams([["targets", choice], ...told])}`;
}

/** The state an address tells. Whatever it holds, each value is one that its slider can take; unknown words mean nothing. */
export function stateOf(hash: string): State {
  const told = new URLSearchParams(hash.replace(/^#/, ""));
  const choice = told.get("targets") ?? "";
  const values = controls.map((control) => {
    const value = Number(told.get(control.key) ?? Number.NaN);
    return [control.key, Number.isNaN(value) ? control.initial : gridOf(control)[positionOf(control, value)]!];
  });
  return {
    choice: Object.hasOwn(choices, choice) ? (choice as Choice) : initialState.choice,
    values: Object.fromEntries(values) as State["values"],
  };
}
