/** Whether a change comes from our own page: browsers always send Origin with one, and scripts cannot forge it. */

export interface OriginRule {
  /** PUBLIC_URL's, and those that the host has allowed by name. */
  readonly allowed: ReadonlySet<string>;
}

/** The page's own origin is wherever the request was sent to, so that one server can be reached by several names. */
export function originAccepted(rule: OriginRule, origin: string | undefined, host: string): boolean {
  if (origin === undefined || !URL.canParse(origin)) return false;
  return rule.allowed.has(origin) || (host !== '' && new URL(origin).host === host.toLowerCase());
}
