import type { RecordFormat } from './access-record.ts'

// oxfmt-ignore
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const quoted = (text: string | undefined): string =>
  text === undefined || text === ''
    ? '"-"'
    : `"${text.replaceAll(/["\\]|[^\u0020-\u007e]/g, (sign) => String.raw`\x` + (sign.charCodeAt(0) & 0xff).toString(16).padStart(2, '0').toUpperCase())}"`

/** The combined format of Apache and nginx, times in UTC. The record has no referrer, so that place is `-`. */
export const combinedFormat: RecordFormat = (record) => {
  const time = record.time
  const date = `${time.slice(8, 10)}/${months[Number(time.slice(5, 7)) - 1]}/${time.slice(0, 4)}:${time.slice(11, 19)} +0000`
  const request = record.method === undefined ? undefined : `${record.method} ${record.path} ${record.protocol}`
  return `${record.client} - - [${date}] ${quoted(request)} ${record.status} ${record.bytesOut ?? 0} "-" ${quoted(record.userAgent)}`
}
