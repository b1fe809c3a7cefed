/** Who listens on a port, for verbs: the one lookup, which the threads that bind sockets use themselves. */
export { findPortOwner } from './threads/port-owner.ts'
