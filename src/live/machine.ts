import { cpus } from "node:os";

/** Where a measurement was taken, in words. */
export function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? "unknown processor";
  return `${processors.length} × ${model}, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}
