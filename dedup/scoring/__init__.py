"""Scoring: blocking and Splink, from records to pairs with match weights and bands."""
