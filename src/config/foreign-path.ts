import { parsePathPattern } from '../lib/pattern.ts'

/** Segments of OData (URL conventions §4) begin with $ and are no parameters. */
const odata = /\$(?:metadata|batch|entity|all|crossjoin|ref|value|count|query)(?=\/|$)/

/**
 * A path whose parameters are written as other routers write them (`/:id`, `/<id>`, `/[id]`, `/$id`) and which therefore
 * takes only that very text; gives it as this grammar writes it, or undefined when no segment looks like that.
 */
export const foreignPath = (text: string): string | undefined => {
  if (!text.startsWith('/') || parsePathPattern(text).kind === 'fault') return undefined
  const written = text.replaceAll(
    /(?<=\/)(?::([A-Za-z_]\w*)(\+)?|<(?:\w+:)?([A-Za-z_]\w*)>|\[(\.{3})?([A-Za-z_]\w*)\]|\$([A-Za-z_]\w*))(?=\/|$)/g,
    (whole: string, colon?: string, many?: string, angle?: string, dots?: string, square?: string, dollar?: string) =>
      odata.test(whole)
        ? whole
        : dots !== undefined || many !== undefined
          ? '*'
          : `{${colon ?? angle ?? square ?? dollar ?? ''}}`,
  )
  return written === text ? undefined : written
}
