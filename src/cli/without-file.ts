import type { Diagnostic } from '../contract/diagnostic.ts'

/** Whether a finding says that there is no configuration here, or that it is not clear which one: nothing was read. */
export const isWithoutFile = ({ code }: Diagnostic): boolean => code === 'GW1005' || code === 'GW1004'
