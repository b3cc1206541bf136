-- Records that might be the person described, because they share an identifying value. Those that share most come first.
WITH scored AS (
    SELECT
        record_key,
        if(list_has_any(emails, $emails), 8, 0)
        + if(list_has_any(phones, $phones), 6, 0)
        + if(whole_name = $whole_name, 6, 0)
        + if(family = $family, 3, 0)
        + if(given = $given, 1, 0)
        + if(given = $family AND family = $given, 6, 0)
        + if(list_has_any(email_names, $email_names), 2, 0)
        + if(organization_id = $organization_id, 2, 0)
        + if(birth_date = $birth_date, 3, 0)
        + if(substr(family, 1, 2) = substr($family, 1, 2) AND jaro_winkler_similarity(family, $family) >= 0.88, 2, 0) AS shared
    FROM audit.person_features
)
SELECT features.*
FROM scored
JOIN audit.person_features AS features USING (record_key)
WHERE scored.shared >= 2
ORDER BY scored.shared DESC, features.record_key
LIMIT $most
