"""Pages of registers; `portal.ledger_urls` gives each its policy."""
