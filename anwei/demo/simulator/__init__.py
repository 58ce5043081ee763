"""Plant that behaves like plant: every reading is a function of time and seed, so history and live join.

Nothing here knows the database; `publish` and `feed` know MQTT and the device keys file and nothing else.
"""
