"""The stream: broker log -> samples -> store and alarm engine. Plain Python, no Django."""
