import type { CharSet } from './char-set.ts'
import type { RegexNode } from './regex-syntax.ts'

/** Characters in the order in which they are tried: letters and digits are what expressions are mostly about. */
const order = Array.from("abcxyz0192-_.ABCXYZ~!$'()*+,:@/= ", (char) => char.charCodeAt(0))

const charsOf = (set: CharSet): readonly number[] => {
  const usual = order.filter((code) => (set & (1n << BigInt(code))) !== 0n)
  if (usual.length > 0) return usual
  for (let code = 1; code < 128; code++) if ((set & (1n << BigInt(code))) !== 0n) return [code]
  return []
}

/** Writes one text; `pick` yields a whole number below its argument. Undefined when it comes upon an empty set. */
const write = (node: RegexNode, pick: (below: number) => number): string | undefined => {
  if (node.kind === 'edge') return ''
  if (node.kind === 'group') return write(node.item, pick)
  if (node.kind === 'choice') return write(node.items[pick(node.items.length)] as RegexNode, pick)
  if (node.kind === 'char') {
    const codes = node.code === undefined ? charsOf(node.set) : [node.code]
    return codes.length === 0 ? undefined : String.fromCharCode(codes[pick(codes.length)] as number)
  }
  const repeats = node.kind === 'repeat' ? node.min + pick(Math.min(node.max - node.min, 3) + 1) : 1
  const items = node.kind === 'repeat' ? [node.item] : node.items
  let text = ''
  for (let i = 0; i < repeats; i++) {
    for (const item of items) {
      const part = write(item, pick)
      if (part === undefined) return undefined
      text += part
    }
  }
  return text
}

/**
 * Up to `count` different texts that an expression is likely to take, always the same ones: the shortest first, then
 * varied. Edges are not respected, so the caller tests each text.
 */
export const sampleTexts = (node: RegexNode, count: number): readonly string[] => {
  const texts = new Set<string>()
  let state = 0
  const pick = (below: number): number => {
    if (state === 0) return 0
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 4_294_967_296) * below)
  }
  for (let seed = 0; seed < count * 3 && texts.size < count; seed++) {
    state = Math.imul(seed, 2_654_435_761) >>> 0
    const text = write(node, pick)
    if (text !== undefined) texts.add(text)
  }
  return [...texts]
}
