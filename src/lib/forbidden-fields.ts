/**
 * Fields that no config may set: framing and hop-by-hop fields belong to the codec (RFC 9112 §6, RFC 9110 §7.6.1),
 * `Host` to `hostHeader`, forwarding fields to the gateway, which makes them anew for every request.
 */
export const forbiddenFields: ReadonlySet<string> = new Set(
  'connection content-length expect host http2-settings keep-alive proxy-connection te trailer transfer-encoding upgrade forwarded via x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto'.split(
    ' ',
  ),
)

/** Whether config may set, add, rename to or give a default for a field; names in any case. */
export const maySetField = (name: string): boolean => !forbiddenFields.has(name.toLowerCase())
