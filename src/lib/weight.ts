/** Weight that a member's parameters give it (RFC 9110 §12.4.2), 0 – 1, 1 without one; broken ones count as 0, so that what is unclear is not used. */
export const weightOf = (parameters: string): number => {
  const found = /;\s*q\s*=\s*([^;\s]*)/i.exec(parameters)
  if (found === null) return 1
  return /^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/.test(found[1] as string) ? Number(found[1]) : 0
}
