/** A long run. `share` of its full length is run: 1 by `npm run soak`, less by `npm test`. */
export interface Soak {
  readonly name: string
  readonly says: string
  /** Resolves with lines for the report; rejects with what went wrong. */
  run(share: number, say: (line: string) => void): Promise<readonly string[]>
}
