// Numbers of payment cards.

/** Source: the networks' published ranges of issuer numbers. */
export function isCard(text: string): boolean {
	const digits = text.replace(/[ .-]/g, '');
	const { length } = digits;
	const isGrouped = /^(?:\d+|\d{4}([ .-])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ .-])\d{6}\2\d{4,5})$/.test(text);
	const isIssued =
		(/^4/.test(digits) && (length === 13 || length === 16 || length === 19)) ||
		(/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/.test(digits) && length === 16) ||
		(/^3[47]/.test(digits) && length === 15) ||
		(/^(?:6011|64[4-9]|65)/.test(digits) && length >= 16) ||
		(/^(?:30[0-5]|36|38|39)/.test(digits) && length === 14) ||
		(/^35(?:2[89]|[3-8])/.test(digits) && length === 16) ||
		(/^62/.test(digits) && length >= 16);
	return isGrouped && isIssued && !/^(\d)\1+$/.test(digits) && passesLuhn(digits);
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: string): boolean {
	let sum = 0;
	for (let i = 0; i < digits.length; i++) {
		const digit = Number(digits[digits.length - 1 - i]);
		const weighed = i % 2 === 0 ? digit : digit * 2;
		sum += weighed > 9 ? weighed - 9 : weighed;
	}
	return sum % 10 === 0;
}
