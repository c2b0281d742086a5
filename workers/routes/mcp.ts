// The secret URL of a server: /mcp/<token>, over Streamable HTTP.
import { urlTokenDoor } from '../access/url-token-door.ts';
import type { Env } from '../contracts/env.ts';
import { serveAccess } from '../mcp/serve.ts';

/** `/mcp/:token` */
export function handleMcp(request: Request, token: string, env: Env, ctx: ExecutionContext): Promise<Response> {
	return serveAccess(request, urlTokenDoor(request, token, env), env, ctx);
}
