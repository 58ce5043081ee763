"""Who exists, who is over whom, who may see what, who answers for what."""
