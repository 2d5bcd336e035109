"""The pure heart of the trainer: scenarios, actions, checks, modes, runs and walkthroughs."""
