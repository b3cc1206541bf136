"""From bytes to typed records: containers, detection, reading, layout, recognition, casting and mapping.

Plain functions without Dagster. Nothing here writes to a store; everything returns frames and findings.
"""
