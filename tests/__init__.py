"""The tests, in the layout of the four packages: tests/dedup/test_identity.py tests dedup/resolution/entities.py."""
