import type { PolicyOptions } from '../../contract/policy.ts'
import { choice, key, many, object, scalar } from '../../lib/schema.ts'

/** Content codings in the order of preference. */
export type CompressAlgorithm = 'zstd' | 'br' | 'gzip'

/** What is compressed, and how. */
export interface CompressOptions {
  /** Default zstd, br, gzip. */
  readonly algorithms?: readonly CompressAlgorithm[] | undefined
  /** Bytes; default 1024. */
  readonly minSize?: number | undefined
  /** Media types; a trailing `*` stands for any ending. Default: text-like ones. */
  readonly types?: readonly string[] | undefined
}

/** `compress`: compresses answers as they flow (config.md §5.7). */
export const compressOptions: PolicyOptions<CompressOptions> = {
  name: 'compress',
  kind: 'setting',
  at: ['G', 'R'],
  summary: 'Compresses answers for clients that accept it; never event streams or what is compressed already.',
  schema: object(
    {
      algorithms: key(
        many(choice('zstd', 'br', 'gzip'), 1),
        'Codings, best first; the weights of Accept-Encoding decide before them.',
        ['zstd', 'br', 'gzip'],
      ),
      minSize: key(scalar('size'), 'Smaller answers of known length are left as they are.', '1KB'),
      types: key(
        many(scalar('text')),
        'Media types; a trailing `*` stands for any ending. Text-like ones when absent.',
      ),
    },
    { whenTrue: true },
  ),
}
