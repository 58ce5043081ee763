# Two thin lines over dev.py: `make run`, `make test`, `make check`, `make bench`, `make proof`, `make shots`, `make docs`.
run test check bench proof shots docs:
	@python3 dev.py $@
.PHONY: run test check bench proof shots docs
