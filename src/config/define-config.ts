import type { ConfigOf } from './types.ts'

/**
 * Types a configuration in TypeScript: names of services, listeners and bundles are taken from the maps that declare
 * them, and a use of any other name is an error in the editor. Gives its argument back; the gateway checks it like YAML.
 */
export const defineConfig = <
  const Service extends string = never,
  const Listener extends string = 'main',
  const Bundle extends string = never,
  const Route extends string = string,
>(
  config: ConfigOf<Service, Listener, Bundle, Route>,
): ConfigOf<Service, Listener, Bundle, Route> => config
