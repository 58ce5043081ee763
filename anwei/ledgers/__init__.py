"""What every register shares: county settings, the change log, the seal."""
