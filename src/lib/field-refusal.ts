/**
 * Thrown where code writes a field that may not stand in a message: a line break or NUL in a value, a name that is no
 * token, or framing. `code` is GW5002; the request it happens in is answered as any failed step is, with GW5001.
 */
export class FieldRefusal extends RangeError {
  readonly code = 'GW5002'
  constructor(reason: string) {
    super(`GW5002: ${reason}`)
    this.name = 'FieldRefusal'
  }
}
