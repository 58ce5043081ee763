"""What an administrator sets and checks: the county's own figures and words, chains, backups, the drill."""
