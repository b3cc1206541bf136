-- What each person record offers for each choice. Fields that only make sense together are one choice; every address and number of
-- a record is a candidate. A candidate without competitors is marked as alone.
CREATE OR REPLACE TEMP TABLE survivor_candidates AS
WITH offers AS (
    SELECT
        members.entity_id, members.record_key, members.source, members.is_stub, members.updated_at, members.company,
        {'email': len(coalesce(emails, [])), 'phone': len(coalesce(phones, []))} AS contacts,
        unnest(list_concat(
            [
                {'choice': 'name', 'fields': [{'k': 'name', 'v': name}, {'k': 'first_name', 'v': first_name}, {'k': 'last_name', 'v': last_name}]},
                {'choice': 'birth_date', 'fields': [{'k': 'birth_date', 'v': CAST(birth_date AS VARCHAR)}]},
                {'choice': 'job_title', 'fields': [{'k': 'job_title', 'v': job_title}]},
                {'choice': 'organization_id', 'fields': [{'k': 'organization_id', 'v': employers.entity_id}]},
                {'choice': 'address', 'fields': [
                    {'k': 'street', 'v': street}, {'k': 'city', 'v': city}, {'k': 'region', 'v': region},
                    {'k': 'postal_code', 'v': postal_code}, {'k': 'country', 'v': country}
                ]},
                {'choice': 'owner_id', 'fields': [{'k': 'owner_id', 'v': records.user_id(user_key)}]}
            ],
            list_transform(coalesce(emails, []), lambda e: {'choice': 'email', 'fields': [{'k': 'email', 'v': e}]}),
            list_transform(coalesce(phones, []), lambda p: {'choice': 'phone', 'fields': [{'k': 'phone', 'v': p}]})
        )) AS offer
    FROM person_members AS members
    LEFT JOIN person_employers AS employers ON employers.record_key = members.record_key
)
SELECT entity_id, record_key, source, is_stub, updated_at, offer.choice AS choice, company = 1 AND (offer.choice NOT IN ('email', 'phone') OR if(offer.choice = 'email', contacts.email, contacts.phone) = 1) AS is_alone, list_filter(offer.fields, lambda f: f.v IS NOT NULL AND f.v <> '') AS fields
FROM offers
WHERE len(list_filter(offer.fields, lambda f: f.v IS NOT NULL AND f.v <> '')) > 0;
