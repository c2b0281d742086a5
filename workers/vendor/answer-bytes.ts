// Bytes of the vendor's answers that an isolate has in hand, for all accounts together and for one. A largest answer
// (`MAX_ANSWER_BYTES`) fits into both.
import { ByteBudget } from '../lib/byte-budget.ts';

const TOTAL_BYTES = 24 * 1024 * 1024;
const PER_ACCOUNT_BYTES = 16 * 1024 * 1024;

export const answerBytes = new ByteBudget(TOTAL_BYTES, PER_ACCOUNT_BYTES);
