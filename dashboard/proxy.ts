import { createHash, timingSafeEqual } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";

/** Whoever looks must know it, as the password of any name, where there is one. */
const token = process.env.COLDCAST_TOKEN ?? "";

/** `npm start` listens on loopback; without a token only its names are answered to, so that no other site's name leads here. */
export function proxy(request: NextRequest): NextResponse {
  if (token === "") {
    const host = (request.headers.get("host") ?? "").replace(/:\d+$/, "");
    if (["localhost", "127.0.0.1", "[::1]"].includes(host)) return NextResponse.next();
    return new NextResponse("only by a name of loopback, unless COLDCAST_TOKEN is set\n", { status: 403 });
  }
  const [scheme, given = ""] = (request.headers.get("authorization") ?? "").split(" ");
  const password =
    scheme === "Basic"
      ? Buffer.from(given, "base64")
          .toString()
          .replace(/^[^:]*:/, "")
      : given;
  if (timingSafeEqual(digest(password), digest(token))) return NextResponse.next();
  const headers = { "www-authenticate": 'Basic realm="coldcast"' };
  return new NextResponse("the token, please\n", { status: 401, headers });
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
