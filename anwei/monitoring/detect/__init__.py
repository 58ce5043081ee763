"""The process `detect`: early warning of sensors, beside the alarm path and never in its way. No Django.

It reads the durable log with a consumer of its own, makes rows of one minute, feeds the methods, keeps what
they have learned in files of its own, and puts what it finds into an outbox that the worker asks for.
"""
