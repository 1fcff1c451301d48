import { InvalidArgumentError } from "commander";
import { exportSpans, type OtlpEndpoint } from "../live/otlp/exportSpans.ts";
import type { EventTraces } from "../live/pipeline/eventTraces.ts";
import { realClock } from "../live/realClock.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where traces go: what the option says, else OpenTelemetry's own variables; null where nobody says.
 *
 * @see OpenTelemetry Protocol Exporter, "Endpoint URLs for OTLP/HTTP": a base gets `v1/traces`, an address of traces is taken as it is
 */
export function otlpEndpoint(option: string | undefined, env: Environment): OtlpEndpoint | null {
  const own = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const base = option ?? env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const headers = headersOf(env.OTEL_EXPORTER_OTLP_TRACES_HEADERS ?? env.OTEL_EXPORTER_OTLP_HEADERS ?? "");
  if (option === undefined && own !== undefined && own !== "") return { url: own, headers };
  if (base === undefined || base === "") return null;
  return { url: base.endsWith("/v1/traces") ? base : `${base.replace(/(?<!\/)\/+$/, "")}/v1/traces`, headers };
}

/** `name=value,name=value`, the values percent-encoded. */
function headersOf(text: string): Record<string, string> {
  const pairs = text.split(",").flatMap((pair) => {
    const [name = "", ...value] = pair.split("=");
    return name.trim() === "" || value.length === 0
      ? []
      : [[name.trim().toLowerCase(), decoded(value.join("=").trim())]];
  });
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Sends what was kept of a run, and says in a line what became of it. */
export async function sendTraces(receiver: OtlpEndpoint, traces: EventTraces): Promise<string> {
  const { sent, dropped, why } = await exportSpans(receiver, traces.spans(), realClock());
  const lost = dropped === 0 ? "" : `; ${dropped} dropped: ${why}`;
  const left = traces.dropped === 0 ? "" : `; ${traces.dropped} results found no room: choose a smaller --otlp-share`;
  // An address may hold a login or a key.
  const { origin, pathname } = new URL(receiver.url);
  return `traces: ${sent} spans to ${origin}${pathname}${lost}${left}`;
}

export function otlpUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError("Write an address, such as http://127.0.0.1:4318.");
}

export function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("Write a share, from 0 to 1.");
}
