import type { MatchInput } from '../contract/plan.ts'
import type { Matcher } from '../contract/matcher.ts'
import type { ConditionSnapshot } from '../contract/snapshot.ts'
import { createAddressSet } from '../lib/cidr.ts'
import type { AddressSet } from '../lib/cidr.ts'
import { cookieValue } from '../lib/cookies.ts'
import { fieldId, idOf } from '../lib/field-names.ts'
import { createMatcher } from '../lib/matcher.ts'
import { firstQueryValue } from '../lib/query.ts'
import type { MatcherSpec } from '../lib/schema.ts'

/** A condition of `match`, ready to be asked. */
export interface Condition {
  holds(input: MatchInput): boolean
}

const cookieId = idOf('cookie')

/** Looks at a field as the service would read it: repeated ones joined. */
class HeaderCondition implements Condition {
  private readonly id: number
  private readonly name: Lowercase<string>
  private readonly matcher: Matcher

  constructor(name: string, matcher: Matcher) {
    this.name = name.toLowerCase() as Lowercase<string>
    this.id = fieldId(this.name)
    this.matcher = matcher
  }

  holds(input: MatchInput): boolean {
    return this.matcher(this.id > 0 ? input.fields.getById(this.id) : input.fields.get(this.name))
  }
}

/** Looks at the host, which is no field of the list: framing and authority are the codec's. */
class HostCondition implements Condition {
  private readonly matcher: Matcher

  constructor(matcher: Matcher) {
    this.matcher = matcher
  }

  holds(input: MatchInput): boolean {
    return this.matcher(input.host)
  }
}

/** Looks at the first parameter of the name, decoded. */
class QueryCondition implements Condition {
  private readonly name: string
  private readonly matcher: Matcher

  constructor(name: string, matcher: Matcher) {
    this.name = name
    this.matcher = matcher
  }

  holds(input: MatchInput): boolean {
    return this.matcher(firstQueryValue(input.query, this.name))
  }
}

/** Looks at the first cookie of the name. */
class CookieCondition implements Condition {
  private readonly name: string
  private readonly matcher: Matcher

  constructor(name: string, matcher: Matcher) {
    this.name = name
    this.matcher = matcher
  }

  holds(input: MatchInput): boolean {
    const field = input.fields.getById(cookieId)
    return this.matcher(field === undefined ? undefined : cookieValue(field, this.name))
  }
}

/** Looks at the client's real address. */
class AddressCondition implements Condition {
  private readonly addresses: AddressSet

  constructor(addresses: AddressSet) {
    this.addresses = addresses
  }

  holds(input: MatchInput): boolean {
    return this.addresses.has(input.address)
  }
}

/** Makes a condition of what is written under `match`; throws a RangeError for a value that `check` would refuse. */
export const createCondition = (snapshot: ConditionSnapshot): Condition => {
  if (snapshot.kind === 'ip') {
    const cidrs = snapshot.matcher as string | readonly string[]
    return new AddressCondition(createAddressSet(typeof cidrs === 'string' ? [cidrs] : cidrs))
  }
  const matcher = createMatcher(snapshot.matcher as MatcherSpec)
  if (snapshot.kind === 'headers' && snapshot.name.toLowerCase() === 'host') return new HostCondition(matcher)
  if (snapshot.kind === 'headers') return new HeaderCondition(snapshot.name, matcher)
  return snapshot.kind === 'query'
    ? new QueryCondition(snapshot.name, matcher)
    : new CookieCondition(snapshot.name, matcher)
}
