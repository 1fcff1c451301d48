import { describe, expect, it } from "vitest";
import { answering, type Reply } from "../../playground/answering.ts";
import { type Answered, answersTo, replications } from "../../playground/answersTo.ts";
import { resultsOf } from "../../playground/results.ts";
import { documentOf } from "../../playground/scenarioOf.ts";
import { initialState, type State } from "../../playground/state.ts";
import { predict } from "../../src/model/predict.ts";
import { toScenario } from "../../src/scenario/parse.ts";
import { simulate } from "../../src/sim/simulate.ts";

const modelled: State = { ...initialState, choice: "server" };
/** Bursts at a pool that scales per request: no formula. */
const simulated: State = { choice: "perRequest", values: { ...initialState.values, rate: 40, peak: 4 } };
const answers = (state: State) => [...answersTo(state)].filter((one): one is Answered => one !== null);

describe("what the playground shows", () => {
  it("is the model's answer where there is one, at once", () => {
    const [only, ...others] = answers(modelled);
    expect(others).toEqual([]);
    expect(only).toEqual({
      targets: [{ answer: predict(toScenario(documentOf(modelled))).targets[0], noModel: null }],
      objective: modelled.values.objective,
      final: true,
    });
  });

  it("is else simulated: one run at first, then what `coldcast simulate` says, to the last bit", () => {
    const [first, last, ...others] = answers(simulated);
    expect(others).toEqual([]);
    expect(first!.final).toBe(false);
    const looked = [first, last].map((answered) => answered!.targets[0]!.answer.counts!.scheduled);
    expect(looked[0]).toBe(60 * 40 + 1_000);
    expect(looked[1]).toBeGreaterThan(replications * 40 * 150);
    expect(last!.targets[0]!.answer).toEqual(simulate(toScenario(documentOf(simulated))).targets[0]);
    expect(last!.targets[0]!.noModel).toContain("Poisson");
  });

  it("is charts, a table and a sentence, without a bad number", () => {
    const { tail, body, parts, figures, summary } = resultsOf(answers(modelled)[0]!);
    expect(figures).toContain("within 100 ms");
    for (const markup of [tail, body, parts, figures]) expect(markup).not.toMatch(/NaN|undefined|Infinity|\[object/);
    expect(summary).toMatch(/^server: p50 [\d.]+ ms, p99 [\d.]+ ms, cold [\d.]+ %$/);
  });
});

describe("questions while a slider moves", () => {
  const waiting = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

  it("are answered newest first, and one that is overtaken is left", async () => {
    const replies: Reply[] = [];
    let last: () => void = () => {};
    const done = new Promise<void>((resolve) => {
      last = resolve;
    });
    const ask = answering((reply) => {
      replies.push(reply);
      if (reply.id === 4) last();
    }, waiting);
    ask({ id: 1, state: simulated });
    for (const id of [2, 3, 4]) ask({ id, state: modelled });
    await done;
    expect(replies.map(({ id }) => id)).toEqual([1, 4]);
    expect(replies.map((reply) => "answered" in reply && reply.answered.final)).toEqual([false, true]);
  });

  it("that have no answer say why", async () => {
    const reply = await new Promise<Reply>((resolve) => {
      const broken = { ...initialState, values: { ...initialState.values, scv: -1 } };
      answering(resolve, waiting)({ id: 1, state: broken });
    });
    expect(reply).toMatchObject({ id: 1, trouble: expect.stringContaining("work.scv") });
  });
});
