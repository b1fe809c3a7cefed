/** A text with `${…}`, filled in when the configuration is loaded. */
export type Filled = `${string}\${${string}}${string}`
/** `500ms`, `5s`, `1m`, `2h`, `30d`. */
export type Duration = `${number}ms` | `${number}s` | `${number}m` | `${number}h` | `${number}d` | Filled
/** `512B`, `64KB`, `10MB`, `2GB`. */
export type Size = `${number}B` | `${number}KB` | `${number}MB` | `${number}GB` | Filled
/** `10%`. */
export type Share = `${number}%` | Filled
/** A path pattern, or `~` and an expression. */
export type PathPattern = `/${string}` | `~${string}` | Filled
/** A host: `api.example.com`, `*.example.com`, `{tenant}.example.com`. */
export type HostPattern = string
/** A url with its scheme, or a Unix socket. */
export type TargetUrl = `http://${string}` | `https://${string}` | `unix:/${string}` | Filled
/** Methods in upper case. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | Uppercase<string>
/** A list, or one value for a list of one. */
export type Many<T> = T | readonly T[]
/** A text, `~` and an expression, a list of them, `true` (present) or `none` (absent). */
export type Matcher = string | number | boolean | readonly (string | number | boolean)[]
/** Names to templates. */
export type FieldEdits = Readonly<Record<string, string | number | boolean>>
