import { describe } from "vitest";
import { constantServers } from "../../src/model/constantServers.ts";
import { markovServers, type ServersLaw } from "../../src/model/markovServers.ts";
import { setupQueue } from "../../src/model/setupQueue.ts";
import { setupSojourn } from "../../src/model/setupSojourn.ts";
import { type TwoPhases, twoPhaseServers } from "../../src/model/twoPhaseServers.ts";
import { momentsOf, tailOf, type Uniformised } from "../../src/numerics/uniformised.ts";
import {
  type Close,
  checkEveryFile,
  checkLaw,
  checkNumbers,
  checkPoints,
  checkQuantiles,
  exponentialRate,
  type OracleFile,
  type OracleLaw,
  poissonRate,
} from "./analyticFiles.ts";

describe("analytic reference: several instances", () => {
  checkEveryFile("multi", (file, close) => {
    // Servers that never go off are all on in the steady state, whatever their set-up.
    const goesOff = "setup" in file.inputs && exponentialRate(file.inputs.delayed_off, file) > 0;
    if (goesOff) checkSetup(file, close);
    else checkServers(file, close);
  });
});

function checkSetup(file: OracleFile, close: Close): void {
  const { inputs, outputs } = file;
  const off = inputs.delayed_off;
  const servers = {
    arrivalRate: poissonRate(file),
    serviceRate: exponentialRate(inputs.service, file),
    setupRate: exponentialRate(inputs.setup, file),
    offRate: exponentialRate(off, file),
    servers: inputs.k ?? 1,
  };
  const queue = setupQueue(servers);
  const { sojourn } = setupSojourn(servers, queue);
  checkLaw(file, (t) => tailOf(sojourn, t), close, 1e-9);
  const { mean, variance } = momentsAndVariance(sojourn);
  const figures = {
    mean,
    variance,
    p_no_wait: queue.noWait,
    mean_servers_on: queue.meanOn,
    mean_servers_in_setup: queue.meanStarting,
    mean_servers_idle: queue.meanIdle,
    mean_number_in_system: queue.meanPresent,
    p_arrival_starts_a_setup: queue.triggered,
  };
  checkNumbers(outputs, figures, close, { relative: 1e-9, absolute: 1e-12 });
  close("Little's law", queue.meanPresent / servers.arrivalRate, mean, 1e-10 * mean);
}

function checkServers(file: OracleFile, close: Close): void {
  const { inputs, outputs } = file;
  const service = inputs.service;
  const servers = inputs.k ?? 1;
  const arrival = poissonRate(file);
  if (service.type === "deterministic") {
    const law = constantServers({ arrivalRate: arrival, serviceSeconds: service.value_ms, servers });
    const tail = (t: number): number => 1 - law.waitCdf(t);
    checkPoints(outputs.cdf_wait, tail, close, 1e-9);
    checkQuantiles(outputs.quantiles_wait_ms, tail, close, 1e-9);
    checkPoints(outputs.cdf, (t) => tail(t - service.value_ms), close, 1e-9);
    const mean = law.meanWait + service.value_ms;
    const known = { mean_wait: law.meanWait, mean, p_no_wait: law.noWait };
    checkNumbers(outputs, known, close, { relative: 1e-9, absolute: 1e-12 });
    // The files' own second moments are good to 1e-8: they sum a line cut at 1e-10 of its length.
    const variances = { variance_wait: law.waitVariance, variance: law.waitVariance };
    checkNumbers(outputs, variances, close, { relative: 1e-7 });
    return;
  }
  const law: ServersLaw =
    service.type === "exponential"
      ? markovServers({ arrival, service: 1 / service.mean_ms, servers })
      : twoPhaseServers({ arrival, service: twoPhases(service, file), servers });
  checkLaw(file, (t) => tailOf(law.sojourn, t), close, 1e-9);
  checkPoints(outputs.cdf_wait, (t) => tailOf(law.wait, t), close, 1e-9);
  checkQuantiles(outputs.quantiles_wait_ms, (t) => tailOf(law.wait, t), close, 1e-9);
  const known = {
    ...momentsAndVariance(law.sojourn),
    mean_wait: momentsAndVariance(law.wait).mean,
    variance_wait: momentsAndVariance(law.wait).variance,
    p_wait: law.waits,
    p_no_wait: 1 - law.waits,
  };
  checkNumbers(outputs, known, close, { relative: 1e-9, absolute: 1e-12 });
}

function twoPhases(service: OracleLaw, file: OracleFile): TwoPhases {
  if (service.type === "hyperexponential" && service.probs.length === 2) {
    const [first] = service.probs;
    const [a, b] = service.means_ms;
    return { first: first!, rates: [1 / a!, 1 / b!], onward: 0 };
  }
  if (service.type === "erlang" && service.shape === 2) {
    return { first: 1, rates: [2 / service.mean_ms, 2 / service.mean_ms], onward: 1 };
  }
  throw new Error(`unknown service in ${file.id}: ${JSON.stringify(service)}`);
}

function momentsAndVariance(law: Uniformised): { mean: number; variance: number } {
  const { mean, second } = momentsOf(law);
  return { mean, variance: second - mean ** 2 };
}
