import { createHash, timingSafeEqual } from "node:crypto";

/** Whether only this machine reaches a server that listens there. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);

/** The header of a request that proves to know the token; none where none is asked for. */
export const bearer = (token: string | null): { readonly authorization?: string } =>
  token === null ? {} : { authorization: `Bearer ${token}` };

/**
 * Whether a request's `authorization` proves to know the token.
 *
 * Digests are compared, in constant time: how long it takes tells neither the token's length nor how much of a guess is right.
 *
 * @param token null where none is asked for
 */
export function isAuthorized(authorization: string | undefined, token: string | null): boolean {
  return token === null || timingSafeEqual(digest(authorization ?? ""), digest(bearer(token).authorization!));
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
