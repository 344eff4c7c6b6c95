"""Fits small models to a task's rows, to find leaks that only a learner sees: `python -m taskkit.fits`.

It measures and does not judge. Learners are free of matrix products, whose bits would depend on the CPU: histograms of
one column, and LightGBM with one thread and fixed seeds. What they see is bounded by `table.ROWS` and `table.CELLS`.
"""
