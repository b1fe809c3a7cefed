/** The public face of the package: the gateway as a library, and what configurations and code of your own are made with. */
export { ConfigError, createGateway, type Gateway, type GatewayOptions } from './gateway.ts'
export { defineConfig } from './config/define-config.ts'
export { defineHandler, definePolicy, type OptionsSchema, type OwnPolicy } from './lib/define.ts'
export type {
  CallOptions,
  HandlerContext,
  HandlerFunction,
  HandlerReply,
  ServiceAnswer,
  ServiceCall,
  ServiceCaller,
} from './contract/handler.ts'
export type { Attempt, ClientFacts, Exchange, Reply, RequestHead, ResponseHead } from './contract/exchange.ts'
export type { FieldList } from './contract/fields.ts'
export type { BodySink, BodyTransform, Policy, PolicyHost, Slot, Stage, Template } from './contract/policy.ts'
export type { ExplainResult, ExplainStep, InnerRequest, InnerResponse } from './contract/data-plane.ts'
export type { Diagnostic } from './contract/diagnostic.ts'
