import type { ObjectNode, SchemaNode } from '../../contract/schema.ts'

/** The node without defaults, for values that are merged before they are filled. */
export const bareNode = (node: SchemaNode): SchemaNode => {
  switch (node.kind) {
    case 'nullable':
      return { ...node, of: bareNode(node.of) }
    case 'list':
    case 'map':
    case 'keyed':
      return { ...node, of: bareNode(node.of) }
    case 'union':
      return { ...node, of: node.of.map(bareNode) }
    case 'object':
      return { ...node, keys: bareKeys(node.keys) }
    default:
      return node
  }
}

const bareKeys = (keys: ObjectNode['keys']): ObjectNode['keys'] =>
  Object.fromEntries(
    Object.entries(keys).map(([name, key]) => {
      const { default: _, ...rest } = key
      return [name, { ...rest, node: bareNode(key.node) }]
    }),
  )
