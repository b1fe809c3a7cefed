import type { Diagnostic } from '../contract/diagnostic.ts'
import type { GatewaySettings } from '../contract/snapshot.ts'
import type { ErrorCode } from '../errors.ts'

type LogLevel = GatewaySettings['level']

/** A listener as it is bound: port 0 of the config is a real port here. */
export interface BoundListener {
  readonly name: string
  readonly host: string
  readonly port: number
  /** Path of a unix socket; then host is empty and port 0. */
  readonly socket?: string
}

/** What happens to the process; a verb prints it its own way. Times in ms. */
export type MainEvent =
  | {
      readonly kind: 'ready'
      readonly listeners: readonly BoundListener[]
      readonly admin: { readonly host: string; readonly port: number } | undefined
      readonly routes: number
      readonly configHash: string
      readonly workers: number
      readonly files: readonly string[]
      /** Lowest level of the gateway's own log that is told from now on. */
      readonly level: LogLevel
      readonly diagnostics: readonly Diagnostic[]
      readonly ms: number
    }
  | {
      readonly kind: 'reloaded'
      readonly configHash: string
      readonly routes: number
      /** As in "ready". */
      readonly level: LogLevel
      readonly ms: number
      readonly diagnostics: readonly Diagnostic[]
    }
  | { readonly kind: 'unchanged'; readonly configHash: string; readonly ms: number }
  | {
      readonly kind: 'refused'
      readonly reason: string
      readonly diagnostics: readonly Diagnostic[]
      readonly ms: number
    }
  /** The first start failed, and nothing runs. */
  | {
      readonly kind: 'failed'
      readonly code: ErrorCode | undefined
      readonly reason: string
      readonly port: number | undefined
      readonly diagnostics: readonly Diagnostic[]
    }
  | { readonly kind: 'worker-lost'; readonly worker: number; readonly reason: string }
  | { readonly kind: 'worker-replaced'; readonly worker: number; readonly by: number; readonly reason: string }
  | {
      readonly kind: 'worker-blocked'
      readonly worker: number
      readonly ms: number
      readonly culprit: string | undefined
      readonly ended: boolean
    }
  | {
      readonly kind: 'fault'
      readonly worker: number
      readonly what: string
      readonly message: string
      readonly culprit: string | undefined
      readonly stack: string | undefined
    }
  | { readonly kind: 'control-lost'; readonly reason: string }
  | {
      readonly kind: 'notice'
      readonly level: 'info' | 'warn' | 'error'
      readonly code: ErrorCode | undefined
      readonly message: string
    }
  | { readonly kind: 'draining'; readonly signal: string; readonly delay: number; readonly timeout: number }
  | { readonly kind: 'stopped'; readonly finished: number; readonly cut: number; readonly ms: number }
