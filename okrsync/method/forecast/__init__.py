"""Forecasts: how likely a key result is reached in time, from its own history alone. Pure.

One stream of work is convolved exactly, mixed streams are simulated with a seed, metrics are extrapolated by least
squares; where there is too little history, only paces are compared.
"""
