/** Where `coldcast pipeline --listen` serves; on this machine unless told otherwise. */
const collector = process.env.COLDCAST_COLLECTOR ?? "http://127.0.0.1:7080";
/** What a collector asks for that listens beyond loopback. */
const token = process.env.COLDCAST_TOKEN ?? "";

export const dynamic = "force-dynamic";

/** The collector's server-sent events, passed on as they come. */
export async function GET(request: Request): Promise<Response> {
  try {
    const upstream = await fetch(`${collector}/api/events`, {
      signal: request.signal,
      cache: "no-store",
      headers: token === "" ? {} : { authorization: `Bearer ${token}` },
    });
    return new Response(upstream.body, {
      status: upstream.status,
      headers: { "content-type": "text/event-stream", "cache-control": "no-store, no-transform" },
    });
  } catch {
    return new Response(`no collector at ${collector}\n`, { status: 503 });
  }
}
