import type { AgreementCase, Family } from "./agreementFamilies.ts";
import { type Draw, drawFor, inSeconds, perSecond } from "./draw.ts";

const poisson = (rate: number): object => ({ kind: "poisson", rate: perSecond(rate) });
const exponential = (mean: number): object => ({ kind: "exponential", mean: inSeconds(mean) });

/** Targets of one kind at loads between 0.1 and 0.8, requests one by one. */
const family =
  (name: string, drawn: (draw: Draw, mean: number) => Omit<AgreementCase, "name">): Family =>
  (count) =>
    Array.from({ length: count }, (_, index) => {
      const draw = drawFor(name, index);
      return { name: `${name} ${index}`, ...drawn(draw, draw.size(1e-3, 1)) };
    });

const anyLaw = (draw: Draw, meanSeconds: number): object => {
  const mean = inSeconds(meanSeconds);
  return draw.oneOf<object>([
    { kind: "exponential", mean },
    { kind: "erlang", mean, stages: 3 },
    { kind: "lognormal", mean, scv: draw.between(0.2, 2) },
    { kind: "hyperexponential", mean, scv: draw.between(1.2, 4) },
    { kind: "deterministic", value: mean },
  ]);
};

/** Several servers, slots behind a cold start, shared processors. */
export const manyServers: Family = family("many", (draw, mean) => {
  const k = Math.round(draw.size(2, 12));
  const rate = (slots: number) => poisson((draw.between(0.1, 0.8) * slots) / mean);
  const work = exponential(mean);
  switch (draw.oneOf(["servers", "setup", "slots", "shared"])) {
    case "servers":
      return { arrivals: rate(k), work: anyLaw(draw, mean), target: { kind: "server", servers: k } };
    case "setup": {
      const keepAlive = draw.chance(0.5) ? "0s" : exponential(mean * draw.size(0.5, 20));
      const coldStart = exponential(mean * draw.size(0.5, 10));
      return { arrivals: rate(k), work, target: { kind: "server", servers: k, coldStart, keepAlive } };
    }
    case "slots": {
      const cold = {
        coldStart: anyLaw(draw, mean * draw.size(0.5, 10)),
        keepAlive: anyLaw(draw, mean * draw.size(0.1, 3)),
      };
      return { arrivals: rate(k), work, target: { kind: "server", concurrency: k, ...cold } };
    }
    default: {
      const concurrency = draw.chance(0.5) ? "unlimited" : k;
      return { arrivals: rate(1), work, target: { kind: "server", discipline: "processorSharing", concurrency } };
    }
  }
});

/** Limited queues, also above capacity. */
export const limitedQueues: Family = family("limited", (draw, mean) => {
  const queueLimit = Math.floor(draw.between(0, 12));
  const one = draw.chance(0.6);
  const servers = one ? 1 : Math.round(draw.size(2, 12));
  const arrivals = poisson((draw.between(0.3, 1.6) * servers) / mean);
  const smooth = { kind: "gamma", mean: inSeconds(mean), scv: draw.between(0.2, 3) };
  const cold = one &&
    draw.chance(0.5) && { coldStart: anyLaw(draw, mean * draw.size(0.5, 10)), keepAlive: anyLaw(draw, mean) };
  const target = { kind: "server", servers, queueLimit, ...cold };
  return { arrivals, work: one ? smooth : exponential(mean), target };
});

/** Points of presence that load on demand. */
export const edges: Family = family("edge", (draw, mean) => {
  const shares = draw.oneOf([[1], [0.7, 0.3], [0.5, 0.3, 0.2]]);
  const pops = shares.map((share, i) => ({
    name: `pop${i}`,
    share,
    roundTrip: { kind: "gamma", mean: inSeconds(mean * draw.size(0.3, 5)), scv: draw.between(0.1, 0.5) },
  }));
  const cold = {
    coldStart: anyLaw(draw, mean * draw.size(0.3, 10)),
    keepAlive: anyLaw(draw, mean * draw.size(0.3, 10)),
  };
  const instanceStart = inSeconds(mean * draw.size(0.01, 0.3));
  return {
    arrivals: poisson(draw.size(0.2, 5) / mean),
    work: anyLaw(draw, mean),
    target: { kind: "edge", pops, instanceStart, ...(draw.chance(0.8) && cold) },
  };
});

/** Stages whose independence is a theorem: delays and M/M/1 before a server of any kind. */
export const pipelines: Family = family("pipeline", (draw, mean) => {
  const rate = draw.between(0.1, 0.7) / mean;
  const queue = () => ({
    kind: "aggregator",
    work: exponential(mean * draw.between(0.2, 1.2)),
    autoCommitInterval: "0s",
  });
  const topic = { kind: "produce", linger: "0s", send: inSeconds(mean * draw.between(0, 0.5)) };
  const warm = Array.from({ length: Math.floor(draw.between(1, 3)) }, () => [topic, queue()]).flat();
  const cold = {
    coldStart: anyLaw(draw, mean * draw.size(0.5, 10)),
    keepAlive: anyLaw(draw, mean * draw.size(0.3, 10)),
  };
  const stages = [
    { kind: "delay", time: anyLaw(draw, mean * draw.size(0.1, 2)) },
    ...warm,
    { kind: "server", ...(draw.chance(0.7) && cold) },
  ];
  return { arrivals: poisson(rate), work: anyLaw(draw, mean), target: { kind: "pipeline", stages } };
});

/** Lingering, fetching and partitions: independence is an assumption. */
export const kafkaPipelines: Family = family("kafka", (draw, mean) => {
  const partitions = draw.oneOf([1, 2, 4, 8]);
  const consumers = draw.oneOf([1, 2, 4]);
  const rate = (draw.between(0.1, 0.6) * Math.min(partitions, consumers)) / mean;
  const consumer = { consumers, fetch: inSeconds(mean * draw.size(0.05, 0.5)) };
  const stages = [
    {
      kind: "produce",
      partitions,
      linger: inSeconds(mean * draw.size(0.1, 2)),
      send: inSeconds(mean * draw.between(0.1, 0.5)),
    },
    { kind: "aggregator", ...consumer, work: anyLaw(draw, mean * draw.between(0.3, 1)) },
    { kind: "produce", partitions, linger: "0s", send: inSeconds(mean * draw.between(0.1, 0.5)) },
    { kind: "trigger", ...consumer, inFlight: 64 },
    draw.chance(0.6)
      ? { kind: "spinkube", replicas: 2 }
      : { kind: "server", servers: 4 * Math.min(partitions, consumers), keepAlive: "forever" },
  ];
  return { arrivals: poisson(rate), work: anyLaw(draw, mean), target: { kind: "pipeline", stages } };
});

/** Clients that wait for their answers. */
export const closedClients: Family = family("closed", (draw, mean) => {
  const clients = Math.round(draw.size(2, 60));
  const isShared = draw.chance(0.3);
  const thinkTime = isShared ? exponential(mean * draw.size(0.5, 60)) : anyLaw(draw, mean * draw.size(0.5, 60));
  const target = isShared
    ? { discipline: "processorSharing", concurrency: "unlimited" }
    : { servers: Math.round(draw.size(1, 12)) };
  return {
    arrivals: { kind: "closed", clients, thinkTime },
    work: exponential(mean),
    target: { kind: "server", ...target },
  };
});

/** Knative: rare requests that find no pod, or a load that pods follow. */
export const revisions: Family = family("knative", (draw) => {
  const containerConcurrency = draw.oneOf([0, 1, 2, 10]);
  const podStart = { kind: "lognormal", mean: inSeconds(draw.between(1, 4)), scv: 0.1 };
  const minScale = draw.oneOf([0, 1]);
  // A run begins without load: a busy revision must have a pod from the start to be in its steady state soon.
  const mean = minScale === 0 ? draw.size(0.02, 0.5) : draw.size(0.2, 2);
  const rate = minScale === 0 ? draw.size(0.005, 0.5) : draw.size(0.02, 10) / mean;
  return {
    arrivals: poisson(rate),
    work: draw.oneOf<object>([exponential(mean), { kind: "lognormal", mean: inSeconds(mean), scv: 0.5 }]),
    target: { kind: "knative", containerConcurrency, podStart, minScale },
  };
});
