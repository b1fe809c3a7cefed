import { decodeQuery, encodeQuery, splitQuery, type QueryParameter } from './query.ts'

/** A query that is being edited: parameters in order; `raw` is what is sent, so what is not touched stays as it was written. */
export type EditableQuery = { name: string; raw: string }[]

/** Takes a raw query apart; undefined when it has too many parameters to be looked at. */
export const editableQuery = (query: string): EditableQuery | undefined =>
  splitQuery(query)?.map(({ name, raw }: QueryParameter) => ({ name, raw }))

/** The raw query again. */
export const joinQuery = (parameters: EditableQuery): string => parameters.map(({ raw }) => raw).join('&')

/** Decoded value of a parameter as written. */
export const valueOf = (raw: string): string => {
  const equals = raw.indexOf('=')
  return equals < 0 ? '' : decodeQuery(raw.slice(equals + 1))
}

/** Replaces every parameter of that name by one with an encoded value, where the first one stood. */
export const setParameter = (parameters: EditableQuery, name: string, encoded: string): void => {
  const made = { name, raw: `${encodeQuery(name)}=${encoded}` }
  const first = parameters.findIndex((parameter) => parameter.name === name)
  if (first < 0) {
    parameters.push(made)
    return
  }
  parameters[first] = made
  for (let i = parameters.length - 1; i > first; i--) if (parameters[i]?.name === name) parameters.splice(i, 1)
}

/** Removes every parameter of that name. */
export const removeParameter = (parameters: EditableQuery, name: string): void => {
  for (let i = parameters.length - 1; i >= 0; i--) if (parameters[i]?.name === name) parameters.splice(i, 1)
}
