// Before the first paint: the theme that was chosen here, if any. Without a choice the system's holds.
(() => {
	const chosen = localStorage.getItem('theme');
	if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
})();
