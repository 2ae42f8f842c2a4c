"""Under which settings a vulnerability matters: data in `conditions.yaml`, judged against what runs.

affects = judge(match, package, image, users, context)   # judging.py
"""
