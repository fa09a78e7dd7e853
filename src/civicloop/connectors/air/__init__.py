"""Air quality: the rules as data, and files of hours, days, snapshots and bulletins."""
