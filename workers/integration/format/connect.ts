// Format of addresses and signatures: how requests reach a vendor.
import * as z from 'zod';
import { answerPath, memberPath, template, text } from './shared.ts';

/** A setting of an account that the operator enters; `where` tells a person where to find it. */
export const credentialSchema = z.strictObject({
	label: text,
	where: text,
	secret: z.boolean(),
	pattern: text.optional(),
});

/** Path below the account's base_url, or a whole https URL; `{{setting}}` stands for an account's setting. */
const tokenAddress = z.string().regex(/^(\/|https:\/\/)/, 'must be a path below base_url or an https URL');

/** Place of an access token in the requests. */
const tokenUse = {
	header: text.optional().describe('Header that carries the token; absent: `Authorization`.'),
	header_value: z
		.string()
		.includes('{{token}}')
		.optional()
		.describe('Value of that header, with `{{token}}`; absent: `Bearer {{token}}`.'),
	access_token_path: memberPath.optional().describe('Path to the token in the answer; absent: `access_token`.'),
	expires_in_path: memberPath.optional().describe("Path to the token's lifetime in seconds; absent: `expires_in`."),
	lifetime_seconds: z
		.int()
		.min(60)
		.optional()
		.describe('Lifetime in seconds where the answer does not tell it; absent: a token is asked for with every call.'),
};

export const authSchema = z.discriminatedUnion('scheme', [
	z.strictObject({ scheme: z.literal('basic'), username: template, password: z.string() }),
	z.strictObject({ scheme: z.literal('bearer'), token: template }),
	z.strictObject({ scheme: z.literal('headers') }).describe('What signs a request stands under `headers`.'),
	z
		.strictObject({ scheme: z.literal('query'), parameters: z.record(text, template) })
		.describe(
			'The key goes in the query of each request. Prefer a header where the vendor takes one: addresses stand in logs.',
		),
	z.strictObject({
		scheme: z.literal('oauth2_client_credentials'),
		token_path: tokenAddress,
		client_id: template,
		client_secret: template,
		scope: text.optional(),
		client_in: z
			.enum(['body', 'basic'])
			.optional()
			.describe('How the client says who it is: in the body, or by Basic authentication. Absent: `body`.'),
		encoding: z.enum(['form', 'json']).optional().describe('Form of the token request; absent: `form`.'),
		parameters: z
			.record(text, template)
			.optional()
			.describe('Further members of the token request, e.g. `audience` or `resource`.'),
		...tokenUse,
	}),
	z
		.strictObject({
			scheme: z.literal('token_exchange'),
			token_path: tokenAddress,
			verb: z.enum(['POST', 'GET']).optional(),
			encoding: z.enum(['form', 'json']).optional().describe('Form of the token request; absent: `json`.'),
			parameters: z.record(text, template).optional().describe('Members of the token request.'),
			basic: z
				.strictObject({ username: template, password: z.string() })
				.optional()
				.describe('Basic authentication of the token request.'),
			request_headers: z.record(text, template).optional().describe('Headers of the token request.'),
			...tokenUse,
		})
		.describe("A token request of the vendor's own kind."),
]);

export const baseUrlSchema = z.strictObject({
	path: z
		.string()
		.regex(/^(\/[^?#/]+)*$/, 'must be empty or begin with "/" and end without one')
		.describe('Every base_url ends in this path.'),
	sites: z.record(text, z.url()).describe('Known cloud sites: short name → API origin.'),
	host_repairs: z.record(text, text).optional().describe('Host that people paste → host that answers the API.'),
	hosts: z
		.array(z.string().regex(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a host or "*." and a domain'))
		.optional()
		.describe(
			'The only hosts that accounts may use (`*.example.com`: every one below); absent: every public host by https.',
		),
	template: z
		.string()
		.startsWith('https://')
		.optional()
		.describe(
			'Base URL made of settings, e.g. `https://{{subdomain}}.example.com/api`, where the operator enters none.',
		),
	discover: z
		.strictObject({
			url: z.string().startsWith('https://').describe('Address that is asked by GET, with `{{setting}}`.'),
			value_path: answerPath.describe("Path to the answer's value: the base URL, or what `template` makes one of."),
			template: z
				.string()
				.startsWith('https://')
				.includes('{{value}}')
				.optional()
				.describe('Base URL with `{{value}}`; absent: the value is the base URL.'),
			signed: z.literal(true).optional().describe('The question is signed as every request is.'),
		})
		.optional()
		.describe('The vendor tells where an account lives: asked once when the account is connected without a base_url.'),
	example: text,
});

/** One cheap question that tells whether the credentials work, and what each failure means to the operator. */
export const probeSchema = z.strictObject({
	path: text.startsWith('/').describe('Below base_url; it may have a query.'),
	diagnoses: z
		.array(
			z.strictObject({
				status: z.array(z.int()).min(1),
				body_includes: text.optional(),
				cause: z.enum(['host', 'company', 'keys', 'client_id', 'settings', 'rights', 'rate_limit', 'vendor']),
				message: text,
			}),
		)
		.describe('Checked in order: status and, where given, a text in the body.'),
});
