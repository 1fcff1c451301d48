import type { Seconds } from "../../base/units.ts";
import { isFunctionStage, type PipelineSpec, type ProduceStage, type TriggerStage } from "../../scenario/pipeline.ts";
import { Calendar } from "../calendar.ts";
import { FaultEvents } from "../faultEvents.ts";
import { networkSampler, type RunInput, type Station } from "../run.ts";
import { GaugeSums } from "../tap.ts";
import { ConsumerRun } from "./consumerRun.ts";
import { DelayRun } from "./delayRun.ts";
import { FunctionRun } from "./functionRun.ts";
import { Messages } from "./messages.ts";
import { ProduceRun } from "./produceRun.ts";
import type { StageHost, StageRun } from "./stageRun.ts";

/** A kind of event that no stage has. */
const fault = 31;

/**
 * A `pipeline` target: every request passes its stages in order, and is over when it has left the last.
 *
 * The broker, the consumers and the functions have calendars of their own; the earliest event of all comes first, and among events of one
 * instant the functions' before the pipeline's.
 */
export class PipelineRun implements Station {
  readonly #input: RunInput<PipelineSpec>;
  readonly #calendar = new Calendar();
  readonly #messages: Messages;
  readonly #stages: readonly StageRun[];
  readonly #functions: readonly FunctionRun[];
  /** The stage that waits for another one's end: its trigger's number, or −1. */
  readonly #waits: readonly number[];
  readonly #drawNetwork: () => Seconds;
  readonly #faults: FaultEvents | null;
  #brokerUntil: Seconds = 0;

  /** @param station makes a function's own simulation */
  constructor(input: RunInput<PipelineSpec>, station: (input: RunInput) => Station) {
    const { stages } = input.target;
    this.#input = input;
    this.#messages = new Messages(stages.length);
    this.#drawNetwork = networkSampler(input);
    this.#waits = stages.map((_, i) => (stages[i - 1]?.kind === "trigger" ? i - 1 : -1));
    this.#stages = this.#makeStages(station);
    this.#faults = input.faults === undefined ? null : this.#faultsOf();
    this.#functions = this.#stages.filter((stage) => stage instanceof FunctionRun);
  }

  get nextTime(): Seconds {
    let time = this.#calendar.nextTime;
    for (const { station } of this.#functions) time = Math.min(time, station.nextTime);
    return time;
  }

  get inFlight(): number {
    let count = this.#messages.inFlight;
    for (const { station } of this.#functions) count += station.inFlight;
    return count;
  }

  begin(): void {
    for (const { station } of this.#functions) station.begin();
  }

  arrive(now: Seconds, work: Seconds, number: number): void {
    const { target, recorder, cursor } = this.#input;
    recorder.scheduled++;
    const id = this.#messages.open(now, work * target.workFactor, number);
    this.#messages.network[id] = this.#drawNetwork();
    this.#messages.origin[id] = cursor.origin;
    this.#enter(now, 0, id);
  }

  step(): void {
    const calendar = this.#calendar;
    for (const run of this.#functions) {
      const time = run.station.nextTime;
      if (time > calendar.nextTime || time > this.nextTime) continue;
      run.now = time;
      run.station.step();
      return;
    }
    calendar.pop();
    const { time, kind, subject, generation } = calendar;
    if (kind === fault) {
      this.#faults!.handle(time, subject);
      return;
    }
    const stages = this.#stages.length;
    this.#stages[subject % stages]!.handle(time, kind, Math.floor(subject / stages), generation);
  }

  #makeStages(station: (input: RunInput) => Station): StageRun[] {
    const { stages } = this.#input.target;
    const made: StageRun[] = [];
    const sums = new GaugeSums();
    for (const [i, stage] of stages.entries()) {
      const host = this.#host(i);
      if (isFunctionStage(stage)) {
        const before = made[i - 1];
        const offsets = before instanceof ConsumerRun ? () => before.dispatcher.offsets(stages[i - 2]!.name) : null;
        const retries = offsets === null ? undefined : (stages[i - 1] as TriggerStage).retries;
        made.push(new FunctionRun(stage, host, { retries, offsets, sums, station }));
      } else if (stage.kind === "delay") made.push(new DelayRun(stage, host));
      else if (stage.kind === "produce") made.push(new ProduceRun(stage, host));
      else made.push(new ConsumerRun(stage, (stages[i - 1] as ProduceStage).partitions, host));
    }
    return made;
  }

  /** The functions look after all others themselves. */
  #faultsOf(): FaultEvents {
    return new FaultEvents(this.#input, this.#calendar, fault, {
      pauseBroker: (_, until) => {
        this.#brokerUntil = Math.max(this.#brokerUntil, until);
      },
    });
  }

  #host(stage: number): StageHost {
    return {
      input: this.#input,
      messages: this.#messages,
      schedule: (time, event, subject, generation) =>
        this.#calendar.schedule(time, event, subject * this.#messages.stages + stage, generation),
      leave: (now, id) => this.#leave(now, stage, id),
      lose: (now, id) => this.#lose(now, stage, id),
      brokerFrom: (time) => Math.max(time, this.#brokerUntil),
    };
  }

  #enter(now: Seconds, stage: number, id: number): void {
    this.#messages.enteredAt[id] = now;
    this.#stages[stage]!.enter(now, id);
  }

  #leave(now: Seconds, stage: number, id: number): void {
    const messages = this.#messages;
    messages.setTime(id, stage, now - messages.enteredAt[id]!);
    this.#freeTrigger(now, stage, id);
    if (stage + 1 < this.#stages.length) {
      this.#enter(now, stage + 1, id);
      return;
    }
    const { recorder } = this.#input;
    const { at, network, cold, start, queue, work, isCold, flags, number } = messages;
    recorder.stages(at[id]!, messages.times(id));
    recorder.completed(
      at[id]!,
      network[id]!,
      cold[id]!,
      start[id]!,
      queue[id]!,
      work[id]!,
      isCold[id]!,
      flags[id]!,
      number[id]!,
    );
    messages.close(id);
  }

  #lose(now: Seconds, stage: number, id: number): void {
    const messages = this.#messages;
    this.#freeTrigger(now, stage, id);
    this.#input.recorder.failed(messages.at[id]!, messages.failure[id]!, messages.number[id]!);
    messages.close(id);
  }

  /** The trigger before this stage has waited for its answer. */
  #freeTrigger(now: Seconds, stage: number, id: number): void {
    const trigger = this.#waits[stage]!;
    if (trigger >= 0) this.#stages[trigger]!.over!(now, id);
  }
}
