/** Methods that requests may have: those of RFC 9110 and of the registry that services of today are asked with. */
// oxfmt-ignore
export const servedMethods: readonly string[] = [
  'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK', 'SEARCH', 'REPORT',
  'MKACTIVITY', 'CHECKOUT', 'MERGE', 'MKCALENDAR', 'ACL', 'BIND', 'REBIND', 'UNBIND', 'LINK', 'UNLINK', 'PURGE', 'NOTIFY', 'SUBSCRIBE', 'UNSUBSCRIBE',
  'M-SEARCH', 'SOURCE',
]
/** Methods that a configuration may name: a list may refuse also what the codec refuses anyway. */
export const knownMethods: readonly string[] = [...servedMethods, 'TRACE', 'CONNECT', 'QUERY']
