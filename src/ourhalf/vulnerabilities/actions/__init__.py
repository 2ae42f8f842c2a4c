"""The least to do: which few actions clear most, what each risks, and what nothing clears.

plan = plan_of(found, options)   # planning.py
"""
