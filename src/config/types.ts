import type {
  BundleConfig,
  DefaultsConfig,
  GatewayPolicies,
  PolicyObject,
  RoutePolicies,
  ServicePolicies,
} from './policy-types.ts'
import type {
  Duration,
  FieldEdits,
  Filled,
  HostPattern,
  Many,
  Matcher,
  Method,
  PathPattern,
  Share,
  Size,
  TargetUrl,
} from './value-types.ts'

/** A listener: config.md §6. A port stands for `{ port }`. */
export interface ListenerConfig<Listener extends string> {
  readonly port?: number | Filled
  readonly host?: string
  readonly socket?: string
  readonly protocol?: 'http'
  readonly redirect?: Listener
  readonly trustedProxies?: number | Many<string>
  readonly clientIpHeader?: string
  readonly underscoreHeaders?: 'refuse' | 'drop' | 'pass'
  readonly limits?: {
    readonly connections?: number | 'auto' | 'none'
    readonly connectionsPerIp?: number | 'none'
    readonly headerSize?: Size
    readonly headers?: number
    readonly uri?: Size
    readonly requestsPerConnection?: number
  }
  readonly timeouts?: {
    readonly headers?: Duration
    readonly body?: Duration
    readonly keepAlive?: Duration
    readonly write?: Duration
  }
  readonly global?: GatewayPolicies
}

/** A target of a service. */
export interface TargetConfig {
  readonly url: TargetUrl
  readonly weight?: number
}

/** A service in its long form: config.md §7. */
export interface ServiceObject extends ServicePolicies {
  readonly targets: TargetUrl | TargetConfig | readonly (TargetUrl | TargetConfig)[]
  readonly loadBalancing?: 'round-robin' | 'least-requests' | { readonly algorithm?: 'round-robin' | 'least-requests' }
  readonly healthCheck?: {
    readonly passive?:
      | 'none'
      | {
          readonly failures?: number
          readonly on?: Many<string | number>
          readonly window?: Duration
          readonly ejectFor?: Duration
          readonly maxEjectFor?: Duration
          readonly maxEjected?: Share
        }
    readonly whenNoneHealthy?: 'try-all' | 'refuse'
  }
  readonly pool?: {
    readonly max?: number
    readonly pending?: number
    readonly wait?: Duration
    readonly idle?: Duration
    readonly maxRequests?: number
  }
  readonly forwarded?: 'both'
}

/** A service; its url, or a list of them, stands for its targets. */
export type Service = TargetUrl | readonly (TargetUrl | TargetConfig)[] | ServiceObject

/** A fixed answer: a number is its status, a text its body. */
export type Respond =
  | number
  | string
  | { readonly status?: number; readonly headers?: FieldEdits; readonly body?: unknown; readonly file?: string }

/** Code that answers: a file, or what defineHandler made. */
export type Handler = string | PolicyObject | { readonly file: string | PolicyObject; readonly options?: unknown }

/** A route: config.md §4, §5 and §8. It has exactly one of service, respond, redirect, handler. */
export interface Route<
  ServiceName extends string,
  ListenerName extends string,
  BundleName extends string,
> extends RoutePolicies {
  readonly listener?: 'all' | Many<ListenerName>
  readonly host?: Many<HostPattern>
  readonly path?: Many<PathPattern>
  readonly methods?: Many<Method>
  readonly match?: {
    readonly headers?: Readonly<Record<string, Matcher>>
    readonly query?: Readonly<Record<string, Matcher>>
    readonly cookies?: Readonly<Record<string, Matcher>>
    readonly ip?: Many<string>
  }
  readonly priority?: number
  readonly service?: ServiceName
  readonly respond?: Respond
  readonly redirect?: string | { readonly to: string; readonly status?: number; readonly keepQuery?: boolean }
  readonly handler?: Handler
  readonly policies?: 'none' | Many<BundleName>
  readonly summary?: string
  readonly tags?: Many<string>
}

/** Files to include, with the bounds their routes must keep. */
export type Include<ListenerName extends string> =
  | string
  | {
      readonly files: string
      readonly paths?: Many<PathPattern>
      readonly hosts?: Many<HostPattern>
      readonly listeners?: Many<ListenerName>
    }

/** A log sink. */
export interface LogSink {
  readonly to?: 'stdout' | 'file'
  readonly format?: 'json' | 'pretty' | 'combined'
  readonly path?: string
  readonly rotate?: { readonly size: Size; readonly keep?: number }
}

/** Logs and traces: config.md §12. */
export interface TelemetryConfig {
  readonly level?: 'debug' | 'info' | 'warn' | 'error'
  readonly logs?: Readonly<Record<string, LogSink | 'none'>> | readonly LogSink[]
  readonly traces?: { readonly incoming?: 'continue' | 'restart' | 'trusted'; readonly sample?: Share }
  readonly redact?: Many<string>
}

/** Who may use the admin API. */
export interface AdminToken {
  readonly token?: string
  readonly hash?: string
  readonly scopes?: Many<'read' | 'write:config' | 'write:runtime' | 'admin'>
}

/** The admin API: config.md §13. */
export interface AdminConfig {
  readonly port?: number | Filled
  readonly host?: string
  readonly debug?: boolean
  readonly tokens?: Readonly<Record<string, string | AdminToken>>
}

/** Names that a section declares: the keys of its map. */
type Named<Name extends string, Value> = { readonly [K in Name]: Value }

/** A whole configuration. Names are inferred from the maps that declare them and nowhere else. */
export interface ConfigOf<
  ServiceName extends string,
  ListenerName extends string,
  BundleName extends string,
  RouteName extends string,
> {
  readonly version?: 1
  readonly include?: Many<Include<NoInfer<ListenerName>>>
  readonly listeners?: Named<ListenerName, number | Filled | ListenerConfig<NoInfer<ListenerName>>>
  readonly global?: GatewayPolicies
  readonly defaults?: DefaultsConfig<NoInfer<ListenerName>, NoInfer<BundleName>>
  readonly policies?: Named<BundleName, BundleConfig>
  readonly services?: Named<ServiceName, Service>
  readonly routes?: Named<RouteName, Route<NoInfer<ServiceName>, NoInfer<ListenerName>, NoInfer<BundleName>>>
  readonly telemetry?: TelemetryConfig
  readonly admin?: number | 'none' | AdminConfig
  readonly state?: string
  readonly workers?: number | 'auto' | { readonly count?: number | 'auto'; readonly maxBlock?: Duration }
  readonly drain?: Duration | { readonly delay?: Duration; readonly timeout?: Duration }
  readonly [note: `x-${string}`]: unknown
}
