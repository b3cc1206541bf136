"""Seeded generators and whole-process measurements; nothing the program imports."""
