"""Layout: sheets become tables with headers, every physical row accounted for."""
