"""Registration in bulk: one sheet of enterprises, sites, devices, tags and limits, whole or not at all."""
