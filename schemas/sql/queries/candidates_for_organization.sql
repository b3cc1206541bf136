-- Records that might be the organization described: the same name, domain or number, or a name with the same start.
SELECT *
FROM audit.organization_features
WHERE name = $name
    OR domain = $domain
    OR phone = $phone
    OR (substr(name, 1, 3) = substr($name, 1, 3) AND jaro_winkler_similarity(name, $name) >= 0.9)
ORDER BY if(name = $name, 2, 0) + if(domain = $domain, 2, 0) + if(phone = $phone, 1, 0) DESC, record_key
LIMIT $most
