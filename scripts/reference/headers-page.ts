import { dropFlags, fromClient, fromService } from '../../src/exchange/client-fields.ts'
import { fieldNames, fieldPrefixes } from '../../src/lib/field-names.ts'
import { forbiddenFields } from '../../src/lib/forbidden-fields.ts'
import { madeFrom, table } from './markdown-table.ts'

const written = (name: string): string => {
  const prefix = fieldPrefixes[fieldNames.indexOf(name)]
  return `\`${prefix === undefined ? name : prefix.trim().replace(/:$/, '')}\``
}
const flagged = (flag: number): string =>
  fieldNames
    .filter((name, id) => name !== '' && ((dropFlags[id] ?? 0) & flag) !== 0)
    .map(written)
    .join(' ')

/** `docs/reference/headers.md`, from the tables that the exchange uses. */
export const headersPage = (): string => `${madeFrom('src/exchange and src/lib')}# Headers we add and remove

Hop-by-hop fields (RFC 9110 §7.6.1) and those that \`Connection\` names end at the gateway on both sides. Framing belongs to
the writer alone.

## Removed from requests

Sent by anyone but a trusted proxy these would be claims nobody checked. Removed are ${flagged(fromClient)}, and every
field that begins with \`X-Consumer-\`, \`X-Auth-\`, \`X-Identity-\`, \`X-JWT-\`, \`X-Client-Cert\`, \`X-SSL-Client\` or
\`X-Forwarded-\`. What the gateway vouches for is then made anew.

## Sent to services

${table(
  ['field', 'value'],
  [
    ['`Host`', "the target's, or what `hostHeader` says"],
    ['`X-Forwarded-For`', "the client's address; from a trusted proxy its list, the proxy added"],
    ['`X-Forwarded-Proto`', '`http` or `https`, as the client used it'],
    ['`X-Forwarded-Host`', 'host of the request'],
    ['`X-Forwarded-Port`', 'port that the client used'],
    ['`Forwarded`', 'RFC 7239, with `forwarded: both` on the service'],
    ['`Via`', 'protocol and name of this gateway; a request that carries that three times already is 508 GW5081'],
    ['`X-Request-Id`', "the request's id; from a trusted proxy its own"],
    ['`traceparent` `tracestate`', 'W3C trace context, carried on or begun'],
  ],
)}

## Removed from answers

${flagged(fromService)}. \`headers.response\` can set \`Server\` and its like again.

## Sent to clients

${table(
  ['field', 'value'],
  [
    ['`X-Request-Id`', 'the same id as the service got; it stands in the log'],
    ['`Date`', 'when the service sent none'],
    ['`Allow`', 'on 405: methods of the routes that take the path'],
    [
      '`Retry-After`',
      'on 503: when the gateway sheds load, when all targets are out (GW5031), when no connection was free in time (GW5032)',
    ],
  ],
)}

## Not to be set

\`headers\` refuses these with a diagnostic: ${[...forbiddenFields].sort().map(written).join(' ')}.
`
