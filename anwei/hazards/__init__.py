"""Hazards (隐患): found, filed, rectified one by one, closed off."""
