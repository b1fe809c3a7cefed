import type {
  Duration,
  FieldEdits,
  HostPattern,
  Many,
  Matcher,
  Method,
  PathPattern,
  Share,
  Size,
} from './value-types.ts'

/** A policy or handler made in code, as definePolicy and defineHandler give it. */
export type PolicyObject = object

/** Switches a policy off, with what would have been inherited. */
export type None = 'none'

/** `allow` and `deny` in their long form. */
export interface Lists {
  readonly ip?: Many<string>
  readonly paths?: Many<PathPattern>
  readonly methods?: Many<Method>
  readonly headers?: Readonly<Record<string, Matcher>>
  readonly mode?: 'enforce' | 'log'
}

/** `cors` in its long form. */
export interface Cors {
  readonly origins?: Many<string>
  readonly methods?: Many<Method>
  readonly headers?: Many<string>
  readonly expose?: Many<string>
  readonly credentials?: boolean
  readonly maxAge?: Duration
  readonly privateNetwork?: boolean
}

/** An unanchored expression and what stands in its place. */
export interface Replacement {
  readonly find: string
  readonly with: string
}

/** Edits of fields or parameters, done in the order of the keys here. */
export interface Edits {
  readonly remove?: Many<string>
  readonly rename?: Readonly<Record<string, string>>
  readonly replace?: Readonly<Record<string, Replacement>>
  readonly default?: FieldEdits
  readonly set?: FieldEdits
  readonly add?: Readonly<Record<string, Many<string | number | boolean>>>
}

/** `headers`. */
export interface Headers {
  readonly request?: Edits
  readonly response?: Edits & { readonly dedupe?: Many<string> }
}

/** `timeout` in its long form. */
export interface Timeout {
  readonly total?: Duration | None
  readonly connect?: Duration | None
  readonly attempt?: Duration | None
  readonly idle?: Duration | None
  readonly whole?: Duration | None
  readonly header?: string
}

/** `errors` in its long form. */
export interface Errors {
  readonly services?: 'pass' | 'problem'
  readonly body?: unknown
  readonly contentType?: string
  readonly replace?: Readonly<Record<string | number, unknown>>
}

/** `securityHeaders` in its long form. */
export interface SecurityHeaders {
  readonly hsts?:
    | boolean
    | None
    | { readonly maxAge?: Duration; readonly includeSubDomains?: boolean; readonly preload?: boolean }
  readonly frame?: 'DENY' | 'SAMEORIGIN' | None
  readonly contentType?: 'nosniff' | None
  readonly referrer?: string
  readonly csp?: string
  readonly permissions?: string
}

/** `compress` in its long form. */
export interface Compress {
  readonly algorithms?: Many<'zstd' | 'br' | 'gzip'>
  readonly minSize?: Size
  readonly types?: Many<string>
}

/** `cookies`: attributes forced on what services set. */
export interface Cookies {
  readonly domain?: string
  readonly path?: string
  readonly secure?: boolean
  readonly httpOnly?: boolean
  readonly sameSite?: 'Strict' | 'Lax' | 'None'
}

/** What of the request is sent on. */
export interface Forward {
  readonly headers?: Many<string>
  readonly query?: Many<string>
  readonly cookies?: Many<string>
}

/** `websocket` in its long form. */
export interface Websocket {
  readonly origins?: Many<string>
  readonly idle?: Duration | None
  readonly ping?: Duration | None
  readonly maxAge?: Duration | None
}

/** A policy of your own: a file, an object, or one of them with options. */
export type Use = string | PolicyObject | { readonly policy: string | PolicyObject; readonly options?: unknown }

/** Policies that may stand in `global` (marked G in config.md §5.2). Where a text is allowed, `none` is one that switches off. */
export interface GatewayPolicies {
  readonly allow?: Many<string> | Lists
  readonly deny?: Many<string> | Lists
  readonly cors?: boolean | Many<string> | Cors
  readonly bodyLimit?: Size | None
  readonly securityHeaders?: boolean | SecurityHeaders | None
  readonly compress?: boolean | Compress | None
  readonly headers?: Headers | None
  readonly errors?: 'pass' | 'problem' | Errors | None
  readonly log?: { readonly sample?: Share; readonly fields?: FieldEdits } | None
  readonly use?: Many<Use>
}

/** Policies that may stand on a service (marked S). */
export interface ServicePolicies {
  readonly query?: Edits | None
  readonly headers?: Headers | None
  readonly forward?: 'all' | 'strict' | Forward | None
  readonly cookies?: Cookies | None
  readonly hostHeader?: HostPattern
  readonly timeout?: Duration | Timeout | None
  readonly errors?: 'pass' | 'problem' | Errors | None
  readonly rewriteLocation?: boolean | None
  readonly labels?: Readonly<Record<string, string | number>> | None
}

/** Policies that may stand on a route, in `defaults` and in bundles (marked R). */
export interface RoutePolicies extends GatewayPolicies, ServicePolicies {
  readonly headers?: Headers | None
  readonly errors?: 'pass' | 'problem' | Errors | None
  readonly stripPrefix?: boolean | `/${string}` | None
  readonly rewrite?: string | Replacement
  readonly encodedSlash?: 'refuse' | 'pass' | None
  readonly websocket?: boolean | Websocket | None
}

/** Policies under one name. */
export type BundleConfig = RoutePolicies

/** What every route inherits. */
export interface DefaultsConfig<ListenerName extends string, BundleName extends string> extends RoutePolicies {
  readonly host?: Many<HostPattern>
  readonly listener?: 'all' | Many<ListenerName>
  readonly policies?: None | Many<BundleName>
}
