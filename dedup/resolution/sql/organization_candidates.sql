-- What each organization record offers for each choice. Fields that only make sense together are one choice. A candidate without
-- competitors is marked as alone.
CREATE OR REPLACE TEMP TABLE survivor_candidates AS
WITH offers AS (
    SELECT
        entity_id, record_key, source, is_stub, updated_at, company,
        unnest([
            {'choice': 'name', 'fields': [{'k': 'name', 'v': name}]},
            {'choice': 'domain', 'fields': [{'k': 'domain', 'v': coalesce(domain, regexp_extract(lower(website), '^(?:https?:/*)?(?:www\.)?([^/:?#\s]+)', 1))}]},
            {'choice': 'website', 'fields': [{'k': 'website', 'v': website}]},
            {'choice': 'phone', 'fields': [{'k': 'phone', 'v': phone}]},
            {'choice': 'address', 'fields': [
                {'k': 'street', 'v': street}, {'k': 'city', 'v': city}, {'k': 'region', 'v': region},
                {'k': 'postal_code', 'v': postal_code}, {'k': 'country', 'v': country}
            ]},
            {'choice': 'industry', 'fields': [{'k': 'industry', 'v': industry}]},
            {'choice': 'owner_id', 'fields': [{'k': 'owner_id', 'v': records.user_id(user_key)}]}
        ]) AS offer
    FROM organization_members
)
SELECT entity_id, record_key, source, is_stub, updated_at, offer.choice AS choice, company = 1 AS is_alone, list_filter(offer.fields, lambda f: f.v IS NOT NULL AND f.v <> '') AS fields
FROM offers
WHERE len(list_filter(offer.fields, lambda f: f.v IS NOT NULL AND f.v <> '')) > 0;
