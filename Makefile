# Two thin lines over dev.py: `make run`, `make test`, `make check`, `make bench`, `make bench-detect`, `make bench-analytics`, `make proof`, `make shots`, `make docs`.
# `make test DB=postgres` runs the tests marked db on a PostgreSQL of their own.
run test check bench bench-detect bench-analytics proof shots docs:
	@DB=$(DB) python3 dev.py $@
.PHONY: run test check bench bench-detect bench-analytics proof shots docs
