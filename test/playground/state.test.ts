import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Choice, choices, controls, gridOf, positionOf } from "../../playground/controls.ts";
import { yamlOf } from "../../playground/results.ts";
import { documentOf } from "../../playground/scenarioOf.ts";
import { hashOf, initialState, type State, stateOf } from "../../playground/state.ts";
import { parseScenario, toScenario } from "../../src/scenario/parse.ts";

const states: fc.Arbitrary<State> = fc.record({
  choice: fc.constantFrom(...(Object.keys(choices) as Choice[])),
  values: fc.record(
    Object.fromEntries(controls.map((control) => [control.key, fc.constantFrom(...gridOf(control))])),
  ) as fc.Arbitrary<State["values"]>,
});

describe("the playground's sliders", () => {
  it.each(controls)("$key: every place has a value of its own, and the initial one is among them", (control) => {
    const grid = gridOf(control);
    expect(new Set(grid).size).toBe(grid.length);
    expect(grid.map((value) => positionOf(control, value))).toEqual([...grid.keys()]);
    expect(grid).toContain(control.initial);
    expect(grid[0]).toBe(control.low);
    expect(grid.at(-1)).toBe(control.high);
  });
});

describe("a state", () => {
  it("is in the address, and only what was changed is written out", () => {
    expect(hashOf(initialState)).toBe("#targets=both");
    fc.assert(
      fc.property(states, (state) => {
        expect(stateOf(hashOf(state))).toEqual(state);
      }),
      { seed: 1, numRuns: 12 },
    );
  });

  it("is one the sliders can take, whatever the address holds", () => {
    expect(stateOf("#targets=<script>&rate=1e999&work=-3&scv=NaN&nobody=1&__proto__=2")).toEqual({
      ...initialState,
      values: { ...initialState.values, rate: 500, work: 1e-4 },
    });
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { choice, values } = stateOf(text);
        expect(choices).toHaveProperty(choice);
        for (const control of controls) expect(gridOf(control)).toContain(values[control.key]);
      }),
      { seed: 1, numRuns: 12 },
    );
  });

  it("is a scenario, in TypeScript and as a file", () => {
    fc.assert(
      fc.property(states, (state) => {
        const scenario = toScenario(documentOf(state));
        expect(parseScenario(yamlOf(state)).sha256).toBe(scenario.sha256);
      }),
      { seed: 1, numRuns: 12 },
    );
  });

  it("keeps its mean rate whatever the bursts", () => {
    const { arrivals } = documentOf({ ...initialState, values: { ...initialState.values, peak: 5, burst: 2 } });
    const { rates, switching } = arrivals as { rates: string[]; switching: (string | number)[][] };
    const [high, low] = rates.map(Number.parseFloat) as [number, number];
    const [ends, begins] = [Number.parseFloat(String(switching[0]![1])), Number.parseFloat(String(switching[1]![0]))];
    expect(high).toBe(100);
    expect((high * begins + low * ends) / (begins + ends)).toBeCloseTo(20, 3);
  });
});
