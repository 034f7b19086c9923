export { GatewayAgent } from './gateway-agent';
