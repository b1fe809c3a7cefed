const telling =
  /(?<![\w-]|\$\{)(["']?)([\w-]*(?:token|key|secret|password|passwd|authorization|credential|signature|cookie)[\w-]*)\1\s*:\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,{}[\]#&*|>'"][^,}\]#]*)/gi
const grammar = new Set(['key', 'keys', 'cookie', 'cookies'])
const replacement =
  /(?<![\w-])(["']?)[\w-]*(?:token|key|secret|password|passwd|authorization|credential|signature|cookie)[\w-]*\1\s*:\s*\{[^{}]*\bwith\s*:\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,{}][^,}]*)/gi
const tellingDefault =
  /(\$\{\w*(?:token|key|secret|password|passwd|authorization|credential|signature|cookie)\w*:-)([^}]+)(?=\})/gi
const anyDefault = /(\$\{\w+:-)([^}]+)(?=\}|$)/g
const userInfo = /(:\/\/)([^/?#@\s'"]+)(?=@)/g

const stars = (text: string): string => '*'.repeat(text.length)
const starDefault = (_: string, head: string, value: string): string => head + stars(value)

/**
 * A line of a file for people: values under telling names and credentials in URLs become as many `*`, so that columns
 * stay; so do the defaults of references under telling names. References (`${…}`) and switches are shown.
 */
export const maskLine = (line: string): string =>
  line
    .replace(telling, (whole: string, _quote: string, name: string, value: string) => {
      const bare = value.trim().replace(/^["']|["']$/g, '')
      if (grammar.has(name.toLowerCase()) || /^(?:|none|true|false)$/.test(bare)) return whole
      if (bare.includes('${')) return whole.replace(anyDefault, starDefault)
      const shown = value.trimEnd()
      return `${whole.slice(0, whole.length - value.length)}${stars(shown)}${value.slice(shown.length)}`
    })
    .replace(replacement, (whole: string, _quote: string, value: string) => {
      const shown = value.trimEnd()
      const head = whole.slice(0, whole.length - value.length)
      return (
        head +
        (shown.includes('${') ? shown.replace(anyDefault, starDefault) : stars(shown)) +
        value.slice(shown.length)
      )
    })
    .replace(tellingDefault, starDefault)
    .replace(userInfo, (_: string, slashes: string, user: string) => `${slashes}${stars(user)}`)
