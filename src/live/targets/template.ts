import type { Request } from "./target.ts";

/**
 * Fills the places of a request template: {workMs} {workSeconds} {id} {scheduledAt}. Other braces stay as they are.
 *
 * @example
 * fillTemplate("/sleep?ms={workMs}", { index: 4, atSeconds: 1.5, workSeconds: 0.02 }) // => "/sleep?ms=20"
 */
export function fillTemplate(template: string, request: Request): string {
  return template.replace(/\{(workMs|workSeconds|id|scheduledAt)\}/g, (_, name: string) => {
    if (name === "workMs") return String(Number((request.workSeconds * 1e3).toPrecision(12)));
    if (name === "workSeconds") return String(request.workSeconds);
    return name === "id" ? String(request.index) : String(request.atSeconds);
  });
}
