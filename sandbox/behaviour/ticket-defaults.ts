// What every ticket begins with, seeded or created.

/** Nothing estimated, billed as worked. */
export const NO_ESTIMATES = {
	estimatedExpenseCost: 0,
	estimatedExpenseRevenue: 0,
	estimatedProductCost: 0,
	estimatedProductRevenue: 0,
	estimatedTimeCost: 0,
	estimatedTimeRevenue: 0,
	billingMethod: 'ActualRates',
	subBillingMethod: 'ActualRates',
};
