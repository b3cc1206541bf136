"""Resolution: from scored pairs to clusters, entities, their ids and their surviving values."""
