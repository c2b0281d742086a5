// (c) A static answer: reads the message and returns the bytes that it was given for this path with PUT.
const answers = new Map();

export default {
	async fetch(request) {
		const text = await request.text();
		if (request.method === 'PUT') answers.set(request.url, text);
		return new Response(answers.get(request.url), { headers: { 'content-type': 'application/json' } });
	},
};
