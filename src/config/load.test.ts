import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { Diagnostic } from '../contract/diagnostic.ts'
import { conflictsOf } from '../checker.ts'
import { policyOptions } from '../policies/options.ts'
import { loadConfig } from './load.ts'

const diagnose = async (text: string, env: Readonly<Record<string, string>> = {}): Promise<readonly Diagnostic[]> => {
  const result = await loadConfig({
    text,
    file: 'gateway.yaml',
    cwd: '/nowhere',
    env,
    mode: 'start',
    policies: policyOptions,
    findConflicts: conflictsOf,
    generation: 1,
  })
  return result.diagnostics
}
const short = (one: Diagnostic): string => `${one.code} ${one.line}:${one.column}-${one.endColumn ?? 0}`
const told = async (text: string, env?: Readonly<Record<string, string>>): Promise<string[]> =>
  (await diagnose(text, env)).map(short)

const cases: readonly (readonly [title: string, text: string, found: readonly string[]])[] = [
  ['a duplicate key names the line of the first', 'drain: 5s\ndrain: 6s\n', ['GW1002 2:1-6']],
  ['a tab that indents is named', 'services:\n\ta: http://a:1\n', ['GW1001 2:1-2']],
  ['a merge key is refused', 'x-a: &a { timeout: 5s }\ndefaults: { <<: *a }\n', ['GW1009 2:13-15']],
  ['an explicit tag is refused', 'state: !!str ./x\n', ['GW1009 1:8-13']],
  ['two documents are refused', 'drain: 5s\n---\ndrain: 6s\n', ['GW1009 2:1-4']],
  [
    'a template without quotes says quote it',
    'routes: { a: { path: /a, respond: { body: {request.id} } } }\n',
    ['GW1112 1:43-55'],
  ],
  [
    'braces in a path inside braces say quote it',
    'routes: { a: { path: /a/{id}, respond: ok } }\n',
    ['GW1112 1:22-29'],
  ],
  [
    'a wildcard host without quotes says quote it',
    'routes:\n  a:\n    host: *.example.com\n    respond: ok\n',
    ['GW1112 3:11-24'],
  ],
  ['a text that YAML reserves says quote it', 'state: @here\n', ['GW1112 1:8-13']],
  [
    'a number with underscores is a text, and it says so',
    'listeners: { main: { limits: { headers: 1_000 } } }\n',
    ['GW1103 1:41-46'],
  ],
  ['a missing comma is marked at the key after it', 'drain: { delay: 5s timeout: 1s }\n', ['GW1001 1:20-27']],
  ['a map without braces inside a value is marked', 'drain: { delay: timeout: 1s }\n', ['GW1001 1:17-24']],
  ['an unclosed bracket is marked where it opens', 'drain: { delay: 5s\nstate: ./x\n', ['GW1001 1:8-9']],
  ['a line that is indented too deep is marked itself', 'drain:\n  delay: 5s\n    timeout: 1s\n', ['GW1001 3:5-12']],
  [
    'so is one in a list, below a comment',
    'listeners:\n  a:\n    trustedProxies:\n      - a: b\n\n        # why\n          c: d\n',
    ['GW1001 7:11-12'],
  ],
  [
    'and one that is not deep enough, below an empty line',
    'drain:\n    delay: 5s\n\n  timeout: 1s\n',
    ['GW1001 4:3-10'],
  ],
  ['two values on one line are marked there', 'drain:\n  delay: timeout: 1s\n', ['GW1001 2:10-11']],
  ['a target with a blank in it is refused', 'services: { a: "http://127.0.0.1:1/ path" }\n', ['GW1103 1:16-42']],
  [
    'what would be a key of later is told as such, once',
    'services: { a: "http://a:1" }\nroutes: { r: { path: /, service: a, retries: 3, rate_limit: 3/1m, cach: true } }\n',
    ['GW1108 2:37-44', 'GW1108 2:49-59', 'GW1108 2:67-71'],
  ],
  ['so is a section', 'authentication: {}\nroutes: { r: { path: /, respond: ok } }\n', ['GW1108 1:1-15']],
  ['an action of later is one too', 'routes: { r: { path: /, agregate: {} } }\n', ['GW1108 1:25-33']],
  ['an empty section is refused', 'services:\nroutes: { a: { path: /, respond: ok } }\n', ['GW1102 1:1-9']],
  ['a section of later is refused as such', 'auth: { users: { type: jwt } }\n', ['GW1108 1:1-5']],
  [
    'a policy that does not belong there is refused',
    'services: { a: { targets: "http://a:1", stripPrefix: true } }\nroutes: { a: { path: /, service: a } }\n',
    ['GW1202 1:41-52'],
  ],
  [
    'a listener that is not stated is asked for',
    'listeners: { a: 8080, b: 8081 }\nroutes: { a: { path: /, respond: ok } }\n',
    ['GW1303 2:11-12'],
  ],
  [
    'two listeners on one port are refused',
    'listeners: { a: 8080, b: { port: 8080, host: 127.0.0.1 } }\nroutes: { a: { path: /, respond: ok, listener: all } }\n',
    ['GW1305 1:34-38'],
  ],
  ['a listener on the admin port is refused', 'listeners: { a: 9901 }\n', ['GW1305 1:17-21']],
  [
    'a listener that redirects to itself is refused',
    'listeners: { a: { port: 80, redirect: a }, b: 81 }\n',
    ['GW1305 1:39-40'],
  ],
  [
    'a route on a listener that redirects is refused',
    'listeners: { a: { port: 80, redirect: b }, b: 81 }\nroutes: { r: { listener: a, path: /, respond: ok } }\n',
    ['GW1305 2:26-27'],
  ],
  [
    'a replacement whose search for every match is not linear is refused at its expression',
    'defaults: { headers: { request: { replace: { X-A: { find: "a[^b]*b|a", with: x } } } } }\nroutes: { r: { path: /, respond: ok } }\n',
    ['GW1109 1:59-70'],
  ],
  [
    'a rewrite takes the first match only, so its search for others does not matter',
    'services: { a: "http://a:1" }\nroutes: { r: { path: /*, service: a, rewrite: { find: "a[^b]*b|a", with: x } } }\n',
    [],
  ],
  [
    'a redirect whose host a request could choose is refused',
    'routes: { r: { path: "/{id}", redirect: "https://example.com{id}" } }\n',
    ['GW1103 1:41-66'],
  ],
  [
    'a path with the parameters of other routers is a warning that says how to write it here',
    'services: { a: "http://a:1" }\nroutes: { r: { path: "/site/:id", service: a }, s: { path: "/<int:id>/x", service: a } }\n',
    ['GW2004 2:22-33', 'GW2004 2:60-73'],
  ],
  [
    'colons that stand elsewhere are text',
    'services: { a: "http://a:1" }\nroutes: { r: { path: ["/a/{id}:cancel", "/a:b", "/b/12:30", "/c/{t:[0-9]+}", "~/site/:id"], service: a } }\n',
    [],
  ],
  ['a doubled star is refused', 'routes: { r: { path: "/site/**", respond: ok } }\n', ['GW1304 1:22-32']],
  ['a parameter with a plus is refused', 'routes: { r: { path: "/site/{id+}", respond: ok } }\n', ['GW1304 1:22-35']],
  ['an empty file has nothing to serve', '', ['GW2005 1:1-2']],
  ['a file of comments has nothing to serve', '# soon\n', ['GW2005 1:1-2']],
  ['listeners alone serve nothing', 'listeners: 8080\n', ['GW1102 1:12-16']],
  ['a listener without routes serves nothing', 'listeners: { main: 8080 }\n', ['GW2005 1:1-2']],
  ['routes without an entry serve nothing', 'routes: {}\n', ['GW2005 1:1-2']],
  ['a listener that redirects serves something', 'listeners: { a: { port: 80, redirect: b }, b: 81 }\n', []],
  ['a single include stands for a list of one', 'include: teams/*.yaml\n', ['GW1003 1:10-22']],
  [
    'a single include with bounds stands for a list of one',
    'include: { files: none.yaml, hosts: a.test }\n',
    ['GW1003 1:19-28'],
  ],
  [
    'a limit of the TLS handshake is refused as long as no listener speaks TLS',
    'listeners: { main: { port: 8080, timeouts: { handshake: 5s } } }\nroutes: { a: { path: /, respond: ok } }\n',
    ['GW1108 1:46-55'],
  ],
  ['a listener without port and socket is refused', 'listeners: { a: { host: 127.0.0.1 } }\n', ['GW1105 1:14-15']],
  [
    'two actions are refused',
    'services: { a: "http://a:1" }\nroutes: { r: { path: /, service: a, respond: ok } }\n',
    ['GW1302 2:37-44'],
  ],
  ['no action is refused', 'routes: { r: { path: / } }\n', ['GW1302 1:11-12']],
  [
    'stripPrefix and rewrite exclude each other over the levels too',
    'services: { a: "http://a:1" }\ndefaults: { stripPrefix: true }\nroutes:\n  r: { path: /a/*, service: a, rewrite: "/{*}" }\n',
    ['GW1305 4:32-39'],
  ],
  [
    'a dangling service is not unused on top',
    'services: { orders: "http://a:1" }\nroutes: { r: { path: /, service: ordes } }\n',
    ['GW1201 2:34-39'],
  ],
  [
    'an unused service is a warning',
    'services: { orders: "http://a:1" }\nroutes: { r: { path: /, respond: ok } }\n',
    ['GW2001 1:13-19'],
  ],
  [
    'a parameter that the route does not have is refused',
    'services: { a: "http://a:1" }\nroutes: { r: { path: "/{id}", service: a, headers: { request: { set: { X: "{idd}" } } } } }\n',
    ['GW1110 2:76-81'],
  ],
  [
    'a parameter of a default host is known',
    'defaults: { host: "{tenant}.example.com" }\nroutes: { r: { path: /, respond: "{tenant}" } }\n',
    [],
  ],
  [
    'a placeholder of later is refused as such',
    'routes: { r: { path: /, respond: "{claims.sub}" } }\n',
    ['GW1108 1:35-47'],
  ],
  [
    'parameters are not known in global',
    'global: { headers: { response: { set: { X: "{id}" } } } }\n',
    ['GW1110 1:45-49'],
  ],
  [
    'an attempt longer than the whole is a warning',
    'services: { a: "http://a:1" }\nroutes: { r: { path: /, service: a, timeout: { total: 1s, attempt: 2s } } }\n',
    ['GW2003 2:37-44'],
  ],
  [
    'a policy for a service is idle on a fixed answer',
    'routes: { r: { path: /, respond: ok, hostHeader: preserve } }\n',
    ['GW2002 1:38-48'],
  ],
  [
    'a prefix that no path begins with is idle',
    'services: { a: "http://a:1" }\nroutes: { r: { path: /api/*, service: a, stripPrefix: /apis } }\n',
    ['GW2002 2:42-53'],
  ],
  [
    'a listener may be called nearly all',
    'listeners: { alt: 8080, b: 8081 }\nroutes: { r: { path: /, respond: ok, listener: alt } }\n',
    [],
  ],
  [
    'a shadowed route is refused where its path stands',
    'services: { a: "http://a:1" }\nroutes:\n  x: { path: /a/*, service: a }\n  y: { path: /a/*, service: a }\n',
    ['GW1301 4:14-18'],
  ],
  ['x- keys hold what they like', 'x-anything: [{ a: 1, b: ${NOT_SET} }]\nx-b: { services: 5 }\n', ['GW1112 1:25-35']],
]

for (const [title, text, found] of cases) {
  test(title, async () => assert.deepEqual(await told(text), found))
}

test('every value is filled in where it is used: names, defaults, numbers, several in one, literals', async () => {
  const text =
    'listeners: { a: "${PORT}" }\nservices: { a: "http://${HOST:-localhost}:${SERVICE}" }\nroutes: { r: { path: /, service: a, labels: { l: "$${x}" } } }\n'
  const result = await loadConfig({
    text,
    cwd: '/nowhere',
    env: { PORT: '8085', SERVICE: '81' },
    mode: 'start',
    policies: policyOptions,
    findConflicts: () => [],
    generation: 1,
  })
  assert.deepEqual(result.diagnostics, [])
  assert.equal(result.snapshot?.listeners[0]?.port, 8085)
  assert.equal(result.snapshot?.services[0]?.targets[0]?.url, 'http://localhost:81')
  assert.deepEqual(result.snapshot?.routes[0]?.policies.find((one) => one.name === 'labels')?.options, { l: '${x}' })
})

test('an unset variable is marked by itself, and what a variable holds is never shown', async () => {
  assert.deepEqual(await told("state: 'a${X}b'\n"), ['GW1401 1:10-14'])
  const found = await diagnose(
    'listeners: { a: "${PORT}" }\ndrain: "${WAIT}"\nservices: { a: "${URL}" }\nroutes: { r: { path: "${P}", service: "${S}", methods: "${M}", respond: ok } }\n',
    {
      PORT: 'hidden-value-1',
      WAIT: 'hidden-value-2',
      URL: 'hidden-value-3',
      P: 'hidden-value-4',
      S: 'hidden value 5',
      M: 'hidden-value-6',
    },
  )
  assert.ok(found.length >= 6)
  const more = await diagnose(
    'defaults: { cors: "${O}" }\nroutes: { r: { path: /, redirect: "${R}" }, s: { path: /s, respond: ok, headers: { request: { remove: "${N}" } } } }\n',
    { O: 'hidden-7', R: 'hidden-8', N: 'hidden 9' },
  )
  assert.deepEqual(
    more.map((one) => one.code),
    ['GW1103', 'GW1103', 'GW1103'],
  )
  assert.doesNotMatch(JSON.stringify(more), /hidden/)
  assert.doesNotMatch(JSON.stringify(found), /hidden/)
  assert.match(found[0]?.message ?? '', /\$\{PORT\}/)
})

test('a secret that stands in the file is masked in the lines that are shown', async () => {
  const found = await diagnose('admin: { tokens: { ci: { token: "super-secret-token-1", scopes: [raed] } } }\n')
  assert.deepEqual(
    found.map((one) => one.code),
    ['GW1106'],
  )
  assert.doesNotMatch(JSON.stringify(found), /super-secret/)
  assert.match(found[0]?.source?.text[0] ?? '', /token: \*+, scopes/)
})

test('a misspelt key is checked as if it were right, so that both mistakes show in one run', async () => {
  assert.deepEqual(
    await told('services: { a: "http://a:1" }\nroutes: { r: { path: /, service: a, timeot: 5x, lables: { a: b } } }\n'),
    ['GW1101 2:37-43', 'GW1103 2:45-47', 'GW1101 2:49-55'],
  )
})

test('words of other gateways are understood and never taken silently', async () => {
  const found = await diagnose(
    'upstreams: { a: "http://a:1" }\nroutes: { r: { uri: /, proxy_pass: a, strip_path: true } }\n',
  )
  assert.deepEqual(
    found.map((one) => `${one.message}: ${one.help ?? ''}`),
    [
      'unknown key "upstreams": did you mean "services"?',
      'unknown key "uri" in routes.r: did you mean "path"?',
      'unknown key "proxy_pass" in routes.r: did you mean "service"?',
      'unknown key "strip_path" in routes.r: did you mean "stripPrefix"?',
    ],
  )
})

test('equal configurations have equal hashes, whatever the order of keys, the form and the place', async () => {
  const hash = async (
    given: { readonly text: string; readonly format?: 'json' } | { readonly object: unknown },
  ): Promise<string | undefined> => {
    const result = await loadConfig({
      ...given,
      cwd: '/',
      env: {},
      mode: 'start',
      policies: policyOptions,
      findConflicts: () => [],
      generation: 1,
    })
    return result.snapshot?.hash
  }
  const object = {
    services: { a: { targets: ['http://a:1'], pool: { max: 3 } } },
    routes: { r: { path: ['/'], service: 'a', timeout: { total: '5s' } } },
  }
  const first = await hash({
    text: 'services: { a: { pool: { max: 3 }, targets: http://a:1 } }\n\nroutes: { r: { timeout: 5s, service: a, path: / } }\n',
  })
  assert.match(first ?? '', /^[0-9a-f]{12}$/)
  assert.equal(await hash({ object }), first)
  assert.equal(await hash({ text: JSON.stringify(object), format: 'json' }), first)
  assert.notEqual(await hash({ object: { ...object, drain: '6s' } }), first)
})

test('a path that looks like an expression is offered as one, or as what it says', async () => {
  const helpFor = async (path: string): Promise<string | undefined> =>
    (await diagnose(`routes: { a: { path: '${path}', respond: ok } }\n`)).find(({ severity }) => severity === 'error')
      ?.help
  for (const [path, help] of [
    ['^/api/(.*)$', 'did you mean "~/api/(.*)" or "/api/*"?'],
    ['^/api/.*', 'did you mean "~/api/.*" or "/api/*"?'],
    ['/api/.*$', 'did you mean "~/api/.*" or "/api/*"?'],
    ['^/$', 'did you mean "~/"?'],
    ['^/users/[0-9]+$', 'did you mean "~/users/[0-9]+"?'],
    ['api/.*', 'did you mean "~/api/.*" or "/api/*"?'],
    ['orders', 'did you mean "/orders"?'],
  ] as const)
    // oxlint-disable-next-line no-await-in-loop -- few, and the first that fails is named
    assert.equal(await helpFor(path), help, path)
})

test('words of CORS and of servers elsewhere lead to ours', async () => {
  const text = `server: {}
routes: { r: { path: /, respond: ok, cors: { allow_origin: ['https://a.example'], allowedMethods: [GET] } } }
`
  const helps = (await diagnose(text)).filter(({ code }) => code === 'GW1101').map(({ help }) => help)
  assert.deepEqual(helps, ['did you mean "listeners"?', 'did you mean "origins"?', 'did you mean "methods"?'])
})

test('a path that is meant as it stands is offered as an expression that takes that very text', async () => {
  const [found] = await diagnose("routes: { a: { path: '/a.b+c/:id', respond: ok } }\n")
  const help = found?.help ?? ''
  const offered = JSON.parse(/the text itself: (".*")$/.exec(help)?.[1] ?? 'null') as string
  assert.equal(offered, '~/a\\.b\\+c/:id', help)
})

test('a key of later is never offered, nor corrected into', async () => {
  const text = 'services: { a: "http://a:1" }\nroutes: { r: { path: /, service: a, retries: 3, rate_limit: 3/1m } }\n'
  const found = await diagnose(text)
  assert.deepEqual(
    found.map((one) => [one.message, one.help, one.fix]),
    [
      [
        '"retries" would be "retry", which is not available yet in this version',
        'it comes with retry rules; remove it until then.',
        undefined,
      ],
      [
        '"rate_limit" would be "rateLimit", which is not available yet in this version',
        'it comes with limits; remove it until then.',
        undefined,
      ],
    ],
  )
})

test('a switch as other dialects of YAML write it says which word is meant', async () => {
  const helpFor = async (value: string): Promise<string | undefined> =>
    (await diagnose(`routes: { a: { path: /, respond: ok, compress: ${value} } }\n`))[0]?.help
  for (const value of ['yes', 'on', 'Yes', 'enabled'])
    // oxlint-disable-next-line no-await-in-loop -- few, and the first that fails is named
    assert.equal(await helpFor(value), 'did you mean true?', value)
  for (const value of ['no', 'off', 'Off', 'disabled'])
    // oxlint-disable-next-line no-await-in-loop -- as above
    assert.equal(await helpFor(value), 'did you mean "none"?', value)
})
