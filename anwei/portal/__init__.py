"""The doors: urls, navigation, cockpit, base templates, command line."""
