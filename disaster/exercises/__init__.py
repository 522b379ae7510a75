"""Exercises: a storm that happened is played again as a feed would tell it, with the assets underway."""
