"""The command line: thin doors to the use cases."""
