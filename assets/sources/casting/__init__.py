"""Casting: the text of cells becomes typed values, and what a whole column decides."""
