"""The product's benchmark: the workload of design/performance.md against a whole running family of processes."""
