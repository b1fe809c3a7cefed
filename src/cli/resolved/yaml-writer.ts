const reserved = /^(?:~|null|true|false|yes|no|on|off|none|[-+]?[.\d].*|0[xo].*)$/i

/** A scalar as YAML 1.2 core reads it back. */
export const yamlScalar = (value: unknown, inFlow: boolean): string => {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null'
  if (value === 'none') return value
  // oxlint-disable-next-line no-control-regex -- control characters need the double-quoted form
  if (/[\u0000-\u001f\u007f]/.test(value)) return JSON.stringify(value)
  const durable = /^\d+(?:\.\d+)?(?:ms|s|m|h|d|B|KB|MB|GB|%|xx)$|^\d+-\d+$/.test(value)
  const plain =
    /^[A-Za-z/.~][^#'"`\\{}[\],&*!|>%@]*$/.test(value) &&
    !/: |:$| $/.test(value) &&
    (!reserved.test(value) || value.startsWith('~/'))
  const starred = !inFlow && /^\/[\w/.*-]*$/.test(value)
  return durable || plain || starred ? value : `'${value.replaceAll("'", "''")}'`
}

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null
const key = (name: string): string =>
  /^[A-Za-z_][\w-]*$/.test(name) && !reserved.test(name) ? name : `'${name.replaceAll("'", "''")}'`

const comment = (text: string | undefined): string => (text === undefined || text === '' ? '' : ` # ${text}`)

/** Plain data as YAML in blocks; `notes` are comments by path of keys joined with `.`. */
export const yamlLines = (
  value: Readonly<Record<string, unknown>>,
  notes: ReadonlyMap<string, string>,
  path = '',
  indent = '',
): string[] =>
  Object.entries(value).flatMap(([name, inner]) => {
    const at = path === '' ? name : `${path}.${name}`
    const head = `${indent}${key(name)}:`
    const note = comment(notes.get(at))
    if (isScalar(inner)) return [`${head} ${yamlScalar(inner, false)}${note}`]
    if (Array.isArray(inner)) {
      if (inner.every(isScalar)) return [`${head} [${inner.map((item) => yamlScalar(item, true)).join(', ')}]${note}`]
      return [
        `${head}${note}`,
        ...inner.map((item) => `${indent}  - ${isScalar(item) ? yamlScalar(item, false) : yamlFlow(item)}`),
      ]
    }
    const entries = inner as Record<string, unknown>
    if (Object.keys(entries).length === 0) return [`${head} {}${note}`]
    return [`${head}${note}`, ...yamlLines(entries, notes, at, `${indent}  `)]
  })

/** Plain data as YAML on one line. */
export const yamlFlow = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(yamlFlow).join(', ')}]`
  if (isScalar(value)) return yamlScalar(value, true)
  const entries = Object.entries(value as Record<string, unknown>).map(
    ([name, inner]) => `${key(name)}: ${yamlFlow(inner)}`,
  )
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}
