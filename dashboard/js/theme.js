// Sets the chosen theme before the first paint. Without a choice the system's theme applies.
(() => {
	const chosen = localStorage.getItem('theme');
	if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
})();
