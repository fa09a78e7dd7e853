"""Air quality to the letter of the standards: the plain, exact implementation.

Every number is an integer, a Decimal or a Fraction; what is published is rounded once, half to
even. It is the oracle that the fast path in `analytics` is tested against, one for one.
"""
