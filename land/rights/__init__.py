"""Rights and restrictions: how they follow parcels through operations, and operations of their own.

It takes part in `land.operations` and `land.actions.carry_out` through their registries; neither knows it.
"""
