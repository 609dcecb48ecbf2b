"""What a sync costs: whole processes against a local server, beside the libraries people would use instead.

``make bench`` prints the table. Nothing here is asserted in tests: figures depend on the machine.
"""
