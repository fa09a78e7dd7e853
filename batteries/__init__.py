"""What the machine may do to the platform, tried again and again: `make batteries`."""
