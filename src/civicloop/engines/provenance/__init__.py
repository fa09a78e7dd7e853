"""Where a figure comes from, so that anybody can see whether it still follows."""
