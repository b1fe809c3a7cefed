const text = { type: 'string' }
const whole = { type: 'integer', minimum: 0 }

const diagnostic = {
  type: 'object',
  additionalProperties: false,
  required: ['severity', 'code', 'file', 'line', 'column', 'endColumn', 'message', 'docs'],
  properties: {
    severity: { type: 'string', enum: ['error', 'warning'] },
    code: { type: 'string', pattern: '^GW[0-9]{4}$' },
    file: text,
    line: { ...whole, description: 'From 1; 0 where no position is known.' },
    column: { ...whole, description: 'From 1; 0 where no position is known.' },
    endColumn: { ...whole, description: 'Exclusive.' },
    message: text,
    help: { ...text, description: 'What to do about it.' },
    path: { ...text, description: 'Path of configuration keys.' },
    fix: {
      type: 'object',
      additionalProperties: false,
      required: ['from', 'to'],
      description: 'The marked text and what to write in its place, where that is certain.',
      properties: { from: text, to: text },
    },
    docs: { ...text, description: 'Page of the code in the package.' },
  },
}

const correction = {
  type: 'object',
  additionalProperties: false,
  required: ['file', 'line', 'column', 'from', 'to'],
  properties: { file: text, line: whole, column: whole, from: text, to: text },
}

/** JSON Schema (2020-12) of what `gwanmun check FILE --json` prints; published as `schema/check.schema.json`. */
export const checkSchema: Readonly<Record<string, unknown>> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'gwanmun check --json',
  type: 'object',
  additionalProperties: false,
  required: ['ok', 'file', 'errors', 'warnings', 'routes', 'services', 'ms', 'diagnostics'],
  properties: {
    ok: { type: 'boolean' },
    file: text,
    errors: whole,
    warnings: whole,
    routes: whole,
    services: whole,
    ms: whole,
    diagnostics: { type: 'array', items: diagnostic },
    fixed: { type: 'array', items: correction, description: 'With --fix: what was corrected.' },
    notFixed: { ...text, description: 'With --fix: why corrections that are certain were not made.' },
  },
}
