"""Law at hand: the laws and standards in force, their articles and criteria, found by word or number.

The texts of the laws are not carried, only their register, the articles this system rests on with their
gist, the criteria of major accident hazards (重大事故隐患判定标准), checklist items and fines. `tables` reads
the files, `register` loads them, `numerals` reads article numbers, `citations` what a text cites, `searching`
finds.
"""
