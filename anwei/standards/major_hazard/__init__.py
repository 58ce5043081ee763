"""Major hazard installations of hazardous chemicals (危险化学品重大危险源) by GB 18218-2018.

`tables` holds the standard's tables as data, `matching` finds a chemical in them, `assessment` computes S, R
and the level of one unit step by step, `sheet` reads many units from a CSV file.
"""
