const telling =
  /(["']?)([\w-]*(?:token|key|secret|password|passwd|authorization|credential|signature|cookie)[\w-]*)\1\s*:\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,{}[\]#&*|>'"][^,}\]#]*)/gi
const grammar = new Set(['key', 'keys', 'cookie', 'cookies'])
const userInfo = /(:\/\/)([^/?#@\s'"]+)(?=@)/g

const stars = (text: string): string => '*'.repeat(text.length)

/**
 * A line of a file for people: values under telling names and credentials in URLs become as many `*`, so that columns
 * stay. References (`${…}`) and switches are shown.
 */
export const maskLine = (line: string): string =>
  line
    .replace(telling, (whole: string, _quote: string, name: string, value: string) => {
      const bare = value.trim().replace(/^["']|["']$/g, '')
      if (grammar.has(name.toLowerCase()) || /^(?:|none|true|false)$/.test(bare) || bare.includes('${')) return whole
      const shown = value.trimEnd()
      return `${whole.slice(0, whole.length - value.length)}${stars(shown)}${value.slice(shown.length)}`
    })
    .replace(userInfo, (_: string, slashes: string, user: string) => `${slashes}${stars(user)}`)
