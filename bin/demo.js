// `npm run demo`: the event pipeline on this machine, with its dashboard. Ctrl-C ends all of it.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { folder as dashboard, readyDashboard } from "./dashboard.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const [collectorPort, pagePort] = ["7080", "7081"];
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", COLDCAST_COLLECTOR: `http://127.0.0.1:${collectorPort}` };

readyDashboard(env);

const next = `${dashboard}/node_modules/next/dist/bin/next`;
const page = spawn(process.execPath, [next, "start", "--hostname", "127.0.0.1", "--port", pagePort], {
  cwd: dashboard,
  stdio: "ignore",
  env,
});
process.stderr.write(`dashboard: http://127.0.0.1:${pagePort}\n`);
const scenario = process.argv[2] ?? `${root}scenarios/pipeline.yaml`;
const out = `${root}out/demo`;
const pipeline = spawn(
  process.execPath,
  [`${root}bin/coldcast.js`, "pipeline", scenario, "--listen", collectorPort, "--stay", "--out", out],
  { stdio: "inherit" },
);
// The pipeline ends in order, and the page goes with it; a Ctrl-C that reaches it twice counts once.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => pipeline.kill(signal));
page.on("exit", (code) => {
  if (code) process.stderr.write(`dashboard: it has ended; is port ${pagePort} taken?\n`);
});
pipeline.on("exit", (code) => {
  page.kill();
  process.exitCode = code ?? 1;
});
