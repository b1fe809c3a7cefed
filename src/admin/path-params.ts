/**
 * What stands in the place of each `{name}` of a path, decoded; undefined when the path is another one. A name stands
 * for one whole segment that is not empty.
 */
export const pathParams = (template: string, path: string): Readonly<Record<string, string>> | undefined => {
  if (!template.includes('{')) return template === path ? {} : undefined
  const wanted = template.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [index, segment] of wanted.entries()) {
    const text = given[index] as string
    if (!segment.startsWith('{')) {
      if (segment !== text) return undefined
      continue
    }
    try {
      params[segment.slice(1, -1)] = decodeURIComponent(text)
    } catch {
      return undefined
    }
    if (text === '') return undefined
  }
  return params
}
