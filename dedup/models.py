"""Which model weighs the records of which entity."""

from __future__ import annotations

from dedup import organization_model, person_model
from dedup.engine import Model
from schemas.vocabulary import Entity

MODELS: dict[Entity, Model] = {Entity.ORGANIZATION: organization_model, Entity.PERSON: person_model}
MODEL_VERSIONS = {Entity.ORGANIZATION: organization_model.VERSION, Entity.PERSON: person_model.VERSION}
