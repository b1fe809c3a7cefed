/** What a check gives when it has reported an error: the value is not to be used, and nothing that follows from it reported. */
export const failed: unique symbol = Symbol('failed')
