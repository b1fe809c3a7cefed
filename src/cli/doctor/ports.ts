import { describeTaken, probePort } from '../probe-port.ts'
import { bad, good, warning, type Finding } from './finding.ts'

/** A port that the gateway would bind. */
export interface WantedPort {
  readonly name: string
  readonly host: string
  readonly port: number
}

/** Whether the ports are free, and who has those that are not. `running`: a gateway answers, so they may be its own. */
export const lookAtPorts = (ports: readonly WantedPort[], running: boolean): Promise<Finding[]> =>
  Promise.all(
    ports.map(async ({ name, host, port }) => {
      const label = `port ${port}`
      const refusal = await probePort(port, host)
      if (refusal === undefined) return good(label, `free for ${name}`)
      if (refusal === 'EACCES')
        return bad(
          label,
          `${name} may not be bound (GW6002)`,
          'Choose a port above 1023, or grant CAP_NET_BIND_SERVICE.',
        )
      if (refusal === 'EADDRNOTAVAIL')
        return bad(label, `${host} is no address of this machine (GW6006)`, 'Bind another address.')
      const taken = await describeTaken(port)
      return running
        ? good(label, `${taken}; a gateway is running`)
        : warning(label, `${taken} (GW6001)`, `Stop it, or give ${name} another port.`)
    }),
  )
