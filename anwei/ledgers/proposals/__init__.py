"""Key facts wait: who may not write a register proposes, and a writer confirms or returns it."""
