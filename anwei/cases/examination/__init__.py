"""What a file handed in really is, looked into by a child with limits (`program`, by `ledgers.confined`)."""
