"""Against formalism: what closed hazards suggest to look at again, for the committee office alone.

The methods are pure (`standards.formalism`); here rows become their facts, and what they say becomes a list,
a sample by lot, and the record of what was seen. Nobody else sees any of it, nothing here accuses anybody,
and nothing counts who uses the system how much.
"""
