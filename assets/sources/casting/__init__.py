"""Casting: from text cells to typed values, with decisions that need a whole column."""
