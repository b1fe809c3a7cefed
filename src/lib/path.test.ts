import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { canonicalPath, hasEncodedSlash, matchingPath } from './path.ts'
import { decodeRest, decodeSegment, encodeRest, encodeSegment } from './segment.ts'

const becomes = (raw: string, path: string): void => assert.equal(canonicalPath(raw), path, raw)
const refused = (raw: string, reason: RegExp): void => {
  const result = canonicalPath(raw)
  assert.ok(typeof result !== 'string', `${raw} is taken`)
  assert.match(result.reason, reason, raw)
}

test('3.1 dot segments are resolved, however their dots are written', () => {
  becomes('/public/../admin', '/admin')
  becomes('/public/%2e%2e/admin', '/admin')
  becomes('/public/.%2E/admin', '/admin')
  becomes('/.%2e/', '/')
  becomes('/../../a', '/a')
  becomes('/a/.', '/a/')
  becomes('/a/b/..', '/a/')
  becomes('/a/..', '/')
  becomes('/a/./b/%2e', '/a/b/')
  refused('/%2e%2e%2fadmin', /dot segment beside an encoded slash/)
  refused('/a%2F..', /dot segment beside an encoded slash/)
  refused('/a%2f.%2Fb', /dot segment beside an encoded slash/)
})

test('3.2 double slashes are joined', () => {
  becomes('//admin', '/admin')
  becomes('/a//b', '/a/b')
  becomes('/./admin', '/admin')
  becomes('/a///', '/a/')
  becomes('//', '/')
  becomes('/a//../b', '/b')
})

test('3.3 an encoded slash is kept and flagged; an encoded backslash, NUL or double escape is refused', () => {
  becomes('/a%2fb', '/a%2Fb')
  assert.equal(hasEncodedSlash('/a%2Fb'), true)
  assert.equal(hasEncodedSlash('/a/2Fb'), false)
  refused('/a%5Cb', /backslash/)
  refused('/a%00', /NUL/)
  for (const twice of ['%252e', '%252E', '%252f', '%252F', '%255c', '%2500', '%25252e', '%2525252F'])
    refused(`/a${twice}b`, /encoded twice/)
  becomes('/100%25', '/100%25')
  becomes('/a%2541', '/a%2541')
})

test('3.4 a backslash is refused, raw or encoded', () => {
  refused('/\\admin', /backslash/)
  refused('/..\\admin', /backslash/)
  refused('/..%5cadmin', /backslash/)
})

test('3.5 parameters of segments stay in the path and are dropped for matching; on a dot segment they are refused', () => {
  becomes('/admin;x=1', '/admin;x=1')
  assert.equal(matchingPath('/admin;x=1'), '/admin')
  assert.equal(matchingPath('/a;b/c;d;e/f'), '/a/c/f')
  assert.equal(matchingPath('/a/;x'), '/a/')
  assert.equal(matchingPath('/a;b/'), '/a/')
  for (const path of ['/..;/admin', '/.;/', '/a;b/..;c/admin', '/..;', '/a/%2e%2e;x/b', '/a/..%3B/b', '/.%3bx']) {
    refused(path, /dot segment with parameters/)
  }
  refused('/;x=1/admin', /parameters without a segment/)
  becomes('/a;b/../c', '/c')
  becomes('/..a;b', '/..a;b')
})

test('3.6 an escape of a character that may stand raw is the same to a rule, and is sent on as it came', () => {
  for (const char of "!$&'()*+,:=@[]") {
    const escaped = `%${char.charCodeAt(0).toString(16)}`
    becomes(`/a${escaped}b`, `/a${escaped.toUpperCase()}b`)
    assert.equal(matchingPath(`/a${escaped.toUpperCase()}b/c`), `/a${char}b/c`)
    assert.equal(matchingPath(`/a${char}b/c`), `/a${char}b/c`)
  }
  // These are something else when they are raw.
  for (const path of ['/a%3Bb', '/a%2Fb', '/a%3Fb', '/a%23b', '/a%25b', '/a%2540b', '/%C3%A9', '/a%20b'])
    assert.equal(matchingPath(path), path)
  assert.equal(matchingPath('/%40a;x=%40/%24%40'), '/@a/$@')
})

test('3.6 unreserved characters are decoded and case is kept', () => {
  becomes('/%41dmin', '/Admin')
  becomes('/%61dmin', '/admin')
  becomes('/ADMIN', '/ADMIN')
  becomes('/%7Euser/%2d%5F', '/~user/-_')
  becomes('/a%3ab%c3%a9', '/a%3Ab%C3%A9')
})

test('3.8 what a rewrite makes is made canonical by the same function', () => {
  becomes('/api..', '/api..')
  becomes('/v2/../admin', '/admin')
  refused('', /does not begin with a slash/)
  refused('admin', /does not begin with a slash/)
})

test('3.9 broken escapes and what is not UTF-8 are refused; fullwidth forms are not folded', () => {
  for (const broken of ['/%', '/%4', '/%zz', '/%u002f', '/a%4/b', '/%%41']) refused(broken, /broken percent escape/)
  for (const bytes of [
    '%c0%af',
    '%C1%81',
    '%e0%80%af',
    '%ed%a0%80',
    '%f0%80%80%af',
    '%f4%90%80%80',
    '%f5%80%80%80',
    '%80',
    '%bf',
    '%e2%82',
    '%e2%82a',
    '%ff',
    '%c3/',
    '%c3%41',
  ]) {
    refused(`/${bytes}`, /not UTF-8/)
  }
  becomes('/%ef%bc%8f', '/%EF%BC%8F')
  becomes('/%f0%9f%98%80', '/%F0%9F%98%80')
  refused('/／', /must be percent-encoded/)
})

test('3.10 a path without a leading slash is refused', () => {
  for (const raw of ['*', '', 'http://x/', '%2Fadmin', '.']) refused(raw, /does not begin with a slash/)
})

test('1.25 raw bytes that a target cannot hold are refused', () => {
  for (let code = 0; code < 256; code++) {
    const char = String.fromCharCode(code)
    const result = canonicalPath(`/a${char}b`)
    const allowed = /[A-Za-z0-9\-._~!$&'()*+,;=:@/[\]]/.test(char)
    assert.equal(typeof result === 'string', allowed, `character ${code}`)
  }
})

test('a path that is canonical comes back as it is', () => {
  for (const path of [
    '/',
    '/orders/1',
    '/.well-known/acme',
    '/a/..b',
    '/a/.b/',
    '/a.b/...',
    "/a;x='1'/(b)",
    '/caf%C3%A9',
  ])
    becomes(path, path)
})

const pieces = fc.constantFrom(
  '/',
  '/',
  '.',
  '..',
  '%2e',
  '%2E%2e',
  ';',
  ';x',
  'a',
  'B',
  '%2F',
  '%2f',
  '%41',
  '%C3%A9',
  '%25',
  '25',
  '2e',
  '%3b',
  '%5c',
  '%00',
  '\\',
  '~',
  '-',
  '%7e',
  '%20',
  '%zz',
)
const rawPath = fc.array(pieces, { maxLength: 12 }).map((parts) => `/${parts.join('')}`)

test('canonicalPath is idempotent and its result holds no dot segment, double slash or lower-case escape', () => {
  fc.assert(
    fc.property(rawPath, (raw) => {
      const path = canonicalPath(raw)
      if (typeof path !== 'string') return
      assert.equal(canonicalPath(path), path)
      assert.doesNotMatch(path, /\/\/|\\|%[0-9A-F]?[a-f]|%5C|%00/)
      for (const text of [path, matchingPath(path)]) {
        assert.doesNotMatch(text, /\/\//)
        for (const segment of text.split(/\/|%2F/))
          assert.ok(segment !== '.' && segment !== '..', `${raw} became ${path}`)
      }
      // A service that decodes once more sees no dot segment that was not there.
      for (const segment of decodeURIComponent(path).split('/'))
        assert.ok(!/^\.\.?(;|$)/.test(segment), `${raw} became ${path}`)
    }),
    { numRuns: 20_000 },
  )
})

test('canonicalPath agrees with the URL parser on where dot segments and unreserved escapes lead', () => {
  const plain = fc.constantFrom('/', '.', '..', 'a', 'b', '%2e', '%C3%A9', ':', '@')
  fc.assert(
    fc.property(fc.array(plain, { maxLength: 10 }), (parts) => {
      const path = canonicalPath(`/${parts.join('')}`)
      const joined = `/${parts.join('')}`.replace(/\/+/g, '/')
      const parsed = new URL(joined, 'http://h').pathname.replaceAll('%2e', '.').replace(/\/+/g, '/')
      assert.equal(path, parsed)
    }),
    { numRuns: 5_000 },
  )
})

test('segments and rests are decoded and encoded back without loss', () => {
  assert.equal(decodeSegment('a%2Fb%20c'), 'a/b c')
  assert.equal(decodeSegment('%zz'), '%zz')
  assert.equal(decodeRest('a%2Fb/c%20d'), 'a%2Fb/c d')
  assert.equal(encodeSegment('a/b;c%'), 'a%2Fb%3Bc%25')
  assert.equal(encodeSegment("x:@!$&'()*+,="), "x:@!$&'()*+,=")
  assert.equal(encodeRest('a%2Fb/c d'), 'a%2Fb/c%20d')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) =>
      assert.equal(decodeSegment(encodeSegment(value)), value.toWellFormed()),
    ),
  )
  fc.assert(
    fc.property(rawPath, (raw) => {
      const path = canonicalPath(raw)
      if (typeof path !== 'string' || path.includes(';')) return
      assert.equal(decodeRest(encodeRest(decodeRest(path))), decodeRest(path))
    }),
  )
})
