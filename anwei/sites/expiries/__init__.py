"""到期清单: everything that ends on a day, of every kind that any room declares, in one list."""
