import type { Redaction } from '../lib/redaction.ts'
import { masked } from '../lib/redaction.ts'
import type { ScalarTree, Tree } from './tree.ts'

const userInfo = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#@\s]*@/i
const scheme = /^(?:bearer|basic|digest|token)\b/i

/** Whether a text is made of placeholders alone, and so tells nothing: `Bearer {request.headers.x-token}`. */
const isTemplate = (text: string): boolean =>
  /\{[^{}]*\}/.test(text) &&
  text
    .replaceAll(/\{[^{}]*\}/g, '')
    .replace(scheme, '')
    .trim() === ''

const maskedText = (text: string): string => {
  // What is named is no secret; what is written as its default may be one.
  if (text.includes('${')) return text.replaceAll(/(\$\{[^}:]*):-[^}]+\}/g, '$1}')
  return text === '' || text === 'none' || isTemplate(text) ? text : masked
}

const hide = (tree: ScalarTree, value: string): ScalarTree =>
  value === String(tree.value)
    ? tree
    : { ...tree, value, text: value, plain: false, hidden: value.includes(masked) ? 'value' : 'default' }

/** Masks texts and numbers of a value that stands under a telling name; references, `none` and objects stay. */
export const maskSecret = (tree: Tree): Tree => {
  if (tree.kind === 'list') return { ...tree, items: tree.items.map(maskSecret) }
  if (tree.kind !== 'scalar' || typeof tree.value === 'boolean' || tree.value === null) return tree
  return hide(tree, maskedText(String(tree.value)))
}

/** A text whose `${NAME:-default}` is `${NAME}` where the variable is called as secrets are: a file never runs on stars. */
export const maskDefaults = (text: string, redaction: Redaction): string =>
  text.includes(':-')
    ? text.replaceAll(/\$\{([A-Za-z_]\w*):-[^}]+\}/g, (whole: string, name: string) =>
        redaction(name) ? `\${${name}}` : whole,
      )
    : text

/** The same for every text of a value. */
export const maskDefaultsIn = (tree: Tree, redaction: Redaction): Tree => {
  if (tree.kind === 'list') return { ...tree, items: tree.items.map((item) => maskDefaultsIn(item, redaction)) }
  if (tree.kind === 'map')
    return {
      ...tree,
      entries: tree.entries.map((entry) => ({ ...entry, value: maskDefaultsIn(entry.value, redaction) })),
    }
  if (tree.kind !== 'scalar' || typeof tree.value !== 'string') return tree
  return hide(tree, maskDefaults(tree.value, redaction))
}

/** Masks what stands under a telling name of the operator's: a text, or what a replacement puts in. */
export const maskEntry = (tree: Tree): Tree => {
  const isReplacement = tree.kind === 'map' && tree.entries.every(({ key }) => key === 'find' || key === 'with')
  if (!isReplacement) return maskSecret(tree)
  return {
    ...tree,
    entries: tree.entries.map((one) => (one.key === 'with' ? { ...one, value: maskSecret(one.value) } : one)),
  }
}

/** A text without user and password of the URL it may be. */
export const maskUrl = (tree: ScalarTree): ScalarTree =>
  hide(tree, String(tree.value).replace(userInfo, `$1${masked}@`))

/** Masks what stands under telling names in free data, at any depth. */
export const maskNamed = (tree: Tree, redaction: Redaction): Tree => {
  if (tree.kind === 'list') return { ...tree, items: tree.items.map((item) => maskNamed(item, redaction)) }
  if (tree.kind !== 'map') return tree
  return {
    ...tree,
    entries: tree.entries.map((entry) => {
      return { ...entry, value: redaction(entry.key) ? maskAll(entry.value) : maskNamed(entry.value, redaction) }
    }),
  }
}

const maskAll = (tree: Tree): Tree => {
  if (tree.kind === 'list') return { ...tree, items: tree.items.map(maskAll) }
  if (tree.kind !== 'map') return maskSecret(tree)
  return { ...tree, entries: tree.entries.map((entry) => ({ ...entry, value: maskAll(entry.value) })) }
}
