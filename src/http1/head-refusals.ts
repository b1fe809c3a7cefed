import type { ErrorCode } from '../errors.ts'

/** Why a head was refused. */
export interface HeadRefusal {
  readonly code: ErrorCode
  readonly detail: string
}
const refusal = (code: ErrorCode, detail: string): HeadRefusal => ({ code, detail })

/** Names of the reasons. */
// oxfmt-ignore
export type HeadFault = 'method' | 'unknownMethod' | 'traceMethod' | 'connectMethod' | 'target' | 'targetForm' | 'targetLength' | 'version' | 'otherVersion' | 'requestLine' | 'lineEnd' | 'field' | 'fold' | 'underscore' | 'headSize' | 'fieldCount' | 'emptyLines' | 'hostMissing' | 'hostTwice' | 'host' | 'lengthTwice' | 'length' | 'lengthAndCoding' | 'coding' | 'unknownCoding' | 'codingInOld' | 'expectation' | 'connection' | 'upgradeBody' | 'upgradeForm' | 'upgradeVersion'

/** Every reason, prebuilt: a refusal allocates nothing and is never thrown. */
export const headRefusals: Readonly<Record<HeadFault, HeadRefusal>> = {
  method: refusal('GW4000', 'The method is not a token.'),
  unknownMethod: refusal('GW5011', 'The method is not known.'),
  traceMethod: refusal('GW4051', 'TRACE and TRACK are not allowed.'),
  connectMethod: refusal('GW4051', 'CONNECT is not allowed; this is no forward proxy.'),
  target: refusal('GW4000', 'The request target holds a byte that is not allowed.'),
  targetForm: refusal('GW4000', 'The request target has no allowed form.'),
  targetLength: refusal('GW4141', 'The request target is too long.'),
  version: refusal('GW4000', 'The request line does not end in an HTTP version.'),
  otherVersion: refusal('GW5051', 'Only HTTP/1.1 and HTTP/1.0 are spoken here.'),
  requestLine: refusal('GW4000', 'The request line is malformed.'),
  lineEnd: refusal('GW4000', 'A line does not end in CR LF.'),
  field: refusal('GW4000', 'A field line is malformed.'),
  fold: refusal('GW4000', 'Folded field lines are obsolete and not allowed.'),
  underscore: refusal('GW4003', 'A field name holds an underscore.'),
  headSize: refusal('GW4311', 'The fields are too large.'),
  fieldCount: refusal('GW4311', 'There are too many fields.'),
  emptyLines: refusal('GW4000', 'There are empty lines before the request.'),
  hostMissing: refusal('GW4002', 'Host is missing.'),
  hostTwice: refusal('GW4002', 'Host is there more than once.'),
  host: refusal('GW4002', 'Host is not a valid host and port.'),
  lengthTwice: refusal('GW4000', 'Content-Length is there more than once.'),
  length: refusal('GW4000', 'Content-Length is not a plain decimal number.'),
  lengthAndCoding: refusal('GW4000', 'Content-Length and Transfer-Encoding are both there.'),
  coding: refusal('GW4000', 'Transfer-Encoding does not end in chunked, once.'),
  unknownCoding: refusal('GW5011', 'The only transfer coding spoken here is chunked.'),
  codingInOld: refusal('GW4000', 'HTTP/1.0 has no Transfer-Encoding.'),
  expectation: refusal('GW4171', 'The only expectation is 100-continue.'),
  connection: refusal('GW4000', 'The Connection field is malformed.'),
  upgradeBody: refusal('GW4005', 'An upgrade request has no body.'),
  upgradeForm: refusal('GW4005', 'The WebSocket handshake is incomplete.'),
  upgradeVersion: refusal('GW4261', 'Only version 13 of WebSocket is spoken.'),
}
