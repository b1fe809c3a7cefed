import { constants, createBrotliCompress, createGzip, createZstdCompress } from 'node:zlib'
import type { Exchange, ResponseHead } from '../../contract/exchange.ts'
import type { BodySink, BodyTransform, PolicyDefinition } from '../../contract/policy.ts'
import { chooseCoding } from '../../lib/accept-encoding.ts'
import { compileNames, type NameSet } from '../../lib/name-set.ts'
import { addVary } from '../../lib/vary.ts'
import type { CompressAlgorithm, CompressOptions } from './options.ts'

const textLike =
  'text/* application/json application/javascript application/x-javascript application/xml application/xhtml+xml application/graphql-response+json application/manifest+json application/wasm application/x-ndjson application/yaml image/svg+xml application/x-www-form-urlencoded application/vnd.ms-fontobject font/otf font/ttf image/bmp image/x-icon'.split(
    ' ',
  )
const structured = /\+(?:json|xml|yaml|text)$/
/** Never, whatever the options say: messages that must not wait in a compressor, and gRPC, which compresses itself. */
const never = /^(?:text\/event-stream$|application\/grpc|multipart\/)/
const noTransform = /(?:^|[,\s])no-transform(?:$|[,\s])/i
/** Digests of bytes that the client will not see (RFC 9530, RFC 3230, RFC 1864). */
const digests = ['content-digest', 'repr-digest', 'digest', 'content-md5'] as const

const done = 1
const notAccepted = 2
const small = 3
const unsuitable = 4
const words = [
  '',
  'compressed',
  'not compressed: the client does not accept it',
  'not compressed: too small',
  'not compressed: its kind is not',
]

/** The media type alone, lower case. */
const mediaType = (value: string): string => {
  const end = value.indexOf(';')
  return (end < 0 ? value : value.slice(0, end)).trim().toLowerCase()
}

/** Whether answers of this kind are compressed for those who accept it, and so vary. */
const isSuitable = ({ status, fields }: ResponseHead, isType: NameSet): boolean => {
  if (status < 200 || status === 204 || status === 206) return false
  const type = fields.get('content-type')
  if (type === undefined) return false
  const media = mediaType(type)
  if (never.test(media) || !isType(media)) return false
  const coding = fields.get('content-encoding')
  if (coding !== undefined && coding.toLowerCase() !== 'identity') return false
  if (fields.has('content-range')) return false
  const control = fields.get('cache-control')
  return control === undefined || !noTransform.test(control)
}

const open = (
  coding: CompressAlgorithm,
  flushes: boolean,
): ReturnType<typeof createGzip> | ReturnType<typeof createBrotliCompress> => {
  if (coding === 'gzip') return createGzip({ level: 5, flush: flushes ? constants.Z_SYNC_FLUSH : constants.Z_NO_FLUSH })
  if (coding === 'br') {
    return createBrotliCompress({
      params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 19 },
      flush: flushes ? constants.BROTLI_OPERATION_FLUSH : constants.BROTLI_OPERATION_PROCESS,
    })
  }
  return createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: 3 },
    flush: flushes ? constants.ZSTD_e_flush : constants.ZSTD_e_continue,
  })
}

/** Compresses in the thread pool. A full client stops the compressor, a full compressor the source. */
const transformOf = (coding: CompressAlgorithm, flushes: boolean, sink: BodySink): BodyTransform => {
  const stream = open(coding, flushes)
  let isOver = false
  let isPaused = false
  stream.on('data', (chunk: Uint8Array) => {
    if (!isOver && !sink.push(chunk)) stream.pause()
  })
  stream.on('drain', () => {
    if (isOver || !isPaused) return
    isPaused = false
    sink.resume()
  })
  stream.on('end', () => {
    if (isOver) return
    isOver = true
    sink.finish()
  })
  stream.on('error', () => {
    if (isOver) return
    isOver = true
    sink.fail()
  })
  return {
    write(chunk) {
      // The chunk is lent and the compressor works on it later, in another thread.
      if (stream.write(Buffer.from(chunk)) || isPaused) return
      isPaused = true
      sink.pause()
    },
    end: () => void stream.end(),
    drained: () => void stream.resume(),
    destroy() {
      isOver = true
      stream.destroy()
    },
  }
}

/**
 * `compress` (config.md §5.7): the head is decided after every other response step, the body flows through node:zlib.
 * A strong ETag becomes weak (RFC 9110 §8.8.1), and every answer that could have been compressed varies.
 */
export const compress: PolicyDefinition<CompressOptions> = {
  name: 'compress',
  stage: 'respond',
  rank: 13,
  body: { response: 'transform' },
  dry: 'pure',
  create(options, host) {
    const algorithms = options.algorithms ?? ['zstd', 'br', 'gzip']
    const minSize = options.minSize ?? 1024
    const named = compileNames((options.types ?? textLike).map((type) => type.toLowerCase()))
    const isType: NameSet = options.types === undefined ? (type) => named(type) || structured.test(type) : named
    const chosen = host.slot<CompressAlgorithm>()
    /** Few clients write this field in few ways; the bound keeps one that varies it from filling memory. */
    const choices = new Map<string, CompressAlgorithm | undefined>()
    const choiceOf = (field: string): CompressAlgorithm | undefined => {
      if (choices.has(field)) return choices.get(field)
      if (choices.size >= 64) choices.clear()
      const choice = chooseCoding(field, algorithms)
      choices.set(field, choice)
      return choice
    }
    const decide = (exchange: Exchange): number => {
      const { request, response } = exchange
      const { fields, length, source } = response
      if (response.status === 304) {
        addVary(fields, 'Accept-Encoding')
        return unsuitable
      }
      if (!isSuitable(response, isType)) return unsuitable
      if (typeof length === 'number' && length < minSize) return small
      addVary(fields, 'Accept-Encoding')
      const accepted = request.fields.get('accept-encoding')
      const coding = accepted === undefined ? undefined : choiceOf(accepted)
      if (coding === undefined) return notAccepted
      // The head of HEAD is that of GET, whose body a service need not announce (RFC 9110 §9.3.2).
      if (length === 'none' && (source !== 'service' || request.method !== 'HEAD')) return unsuitable
      fields.set('content-encoding', coding)
      fields.remove('accept-ranges')
      for (let i = 0; i < digests.length; i++) fields.remove(digests[i] as (typeof digests)[number])
      const tag = fields.get('etag')
      if (tag !== undefined && !tag.startsWith('W/')) fields.set('etag', `W/${tag}`)
      chosen.set(exchange, coding)
      return done
    }
    return {
      onResponse(exchange) {
        exchange.note(decide(exchange))
        return undefined
      },
      transformResponse(exchange, sink) {
        const coding = chosen.get(exchange)
        return coding === undefined ? undefined : transformOf(coding, exchange.response.length === 'stream', sink)
      },
      explain: (exchange, code) =>
        code === done
          ? `compressed with ${exchange.response.fields.get('content-encoding') ?? '?'}`
          : (words[code] as string),
    }
  },
}
