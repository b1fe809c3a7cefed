import { bucketBounds } from './buckets.ts'
import { recordFields } from './log-fields.ts'
import { allFamilies } from './metric-catalog.ts'
import { keptBytes, keptRecords } from './recent-records.ts'

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

/** `docs/reference/metrics.md`, made from the catalog that the exposition is made from. */
export const metricsReference = (): string => `# Metrics

\`GET /metrics\` of the admin port answers them as Prometheus text. Every name begins with \`gateway_\`. Labels come from
the configuration alone, so their number is bounded whatever clients send. A series appears when it was first counted.

${table(
  ['metric', 'type', 'labels', 'says'],
  allFamilies().map((family) => [
    `\`${family.name}\``,
    family.type,
    family.labels.map((label) => `\`${label}\``).join(' '),
    family.help,
  ]),
)}

- \`route\` and \`service\` are empty for requests that no route took, and for those refused before they were understood.
- \`status\` is the status sent to the client; 499 when it went away first. Usual ones have a series each; when a service
  answers with very many different ones, the rest share \`1xx\` to \`5xx\`.
- Buckets of durations, in seconds: ${bucketBounds.map((bound) => bound / 1000).join(', ')}, +Inf.
- Counters of a worker that ended are kept; its gauges are not.
`

/** \`docs/reference/log-fields.md\`, made from the names that the record is checked against. */
export const logFieldsReference = (): string => `# Log fields

An access record is one line of JSON, ASCII, at most 16 KiB. A text from a client is cut at 1 KiB, its control and
non-ASCII characters are written as \`\\u00nn\`, and so is \`$\`. What does not apply is absent.

${table(
  ['field', 'says'],
  Object.entries(recordFields).map(([name, says]) => [`\`${name}\``, says]),
)}

- Fields of \`log.fields\` follow these; one with a name of the list gets an underscore in front.
- Masked names hold \`token\`, \`key\`, \`secret\`, \`password\`, \`passwd\`, \`authorization\`, \`credential\`, \`signature\` or \`cookie\`, in
  any letter case, or are named by \`telemetry.redact\`, where \`*\` stands for any characters.
- \`log.sample\` is the share of answers below 400 that is kept; all others are.
- Requests refused before they were understood have \`time\`, \`id\`, \`status\`, \`listener\`, \`client\`, \`code\`, \`detail\`, \`source\`.
- Control keeps the latest ${keptRecords.toLocaleString('en')} records in memory, at most ${keptBytes >> 20} MiB of them, from its own start on;
  \`gwanmun explain --request ID\` and \`GET /v1/requests/{id}\` tell one.
- The gateway's own log has \`time\`, \`level\` and \`msg\` in each line, which no access record has together.

## Formats

\`json\` is the line as it is. \`combined\` is the format of Apache and nginx with times in UTC; the record has no
referrer. \`pretty\` is for a terminal. Records that a sink cannot take are dropped and counted in
\`gateway_log_sink_dropped_total\`, those that a worker cannot leave in \`gateway_log_dropped_total\`.
`
