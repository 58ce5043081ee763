"""What moves on the screens: server-sent events, filtered by what each watcher may see."""
