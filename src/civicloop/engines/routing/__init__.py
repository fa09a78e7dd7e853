"""Which unit must act on an appeal: the directory's rules, what was learned, and who decides."""
