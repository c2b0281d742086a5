// The vendor's error bodies. Shapes and texts are those seen in real answers; texts that were never seen are marked.

export type ValidationFault = { code: string; message: string; resource: string; field: string };

type Answer = { status: number; body: string; contentType: string; headers?: Record<string, string> };

/** An answer other than success, thrown from wherever it is found and turned into a response in api.ts. */
export class VendorError extends Error {
	readonly answer: Answer;
	constructor(answer: Answer) {
		super(answer.body);
		this.answer = answer;
	}
}

function json(status: number, body: object, headers?: Record<string, string>): VendorError {
	return new VendorError({
		status,
		body: JSON.stringify(body),
		contentType: 'application/json; charset=utf-8',
		...(headers && { headers }),
	});
}

export const invalidObject = (resource: string, errors: ValidationFault[]): VendorError =>
	json(400, { code: 'InvalidObject', message: `${resource} object is invalid`, errors });

export const notRecognized = (name: string): VendorError =>
	json(400, { code: 'ApiFindCondition', message: `${name} is not a recognized name.` });

export const invalidEnum = (): VendorError =>
	json(400, { code: 'ApiFindCondition', message: 'Enum value supplied was invalid' });

/** Faults of syntax in a query. The code is the vendor's, the wording ours: no real text is known. */
export const badCondition = (message: string): VendorError => json(400, { code: 'ApiFindCondition', message });

/** Faults of the request as a whole. The wording is ours. */
export const badRequest = (message: string): VendorError => json(400, { code: 'ConnectWiseApi', message });

export const notFound = (label: string, id: number | string): VendorError =>
	json(404, { code: 'NotFound', message: `${label} ${id} not found` });

export const noEndpoint = (): VendorError =>
	json(404, { code: 'ConnectWiseApi', message: 'The endpoint does not exist.' });

/** Only the status is known (developer guide), not the body. */
export const wrongMethod = (allowed: string[]): VendorError =>
	json(
		405,
		{ code: 'ConnectWiseApi', message: 'The requested resource does not support this http method.' },
		{ allow: allowed.join(', ') },
	);

/** Only the status is known (developer guide), not the body. */
export const inUse = (label: string, id: number): VendorError =>
	json(409, { code: 'InvalidObject', message: `${label} ${id} is in use and cannot be deleted.` });

/** Only the status is known (developer guide), not the body. */
export const wrongMediaType = (): VendorError =>
	json(415, { code: 'ConnectWiseApi', message: 'The media type of the request body is not supported.' });

export const notAuthenticated = (): VendorError =>
	json(401, { code: 'ConnectWiseApi', message: 'UserNotAuthenticated' });

export const unauthorized = (): VendorError =>
	json(401, { code: 'Unauthorized', message: 'You do not have security permission to perform this action.' });

export const notBoolean = (): VendorError =>
	json(500, { code: 'ConnectWiseApi', message: 'String was not recognized as a valid Boolean.' });

export const timedOut = (status: number): VendorError =>
	json(status, { code: 'ConnectWiseApi', message: 'A timeout has occured. Please try again.' });

export const tooManyRequests = (seconds: number): VendorError =>
	json(
		429,
		{ error: 'ConnectWiseAPI', message: `Too many requests. Please try again in ${seconds} seconds.` },
		{ 'retry-after': String(seconds) },
	);

/** The cloud gateway's answer, in plain text: it comes before the API proper. */
export const cannotRoute = (): VendorError =>
	new VendorError({
		status: 400,
		body: 'Cannot route. Codebase/company is invalid',
		contentType: 'text/plain; charset=utf-8',
	});
