"""The committee governs: supervision orders, targets, briefings; later meetings and assessment."""
