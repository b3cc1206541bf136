-- How many entities of each kind there are.
SELECT
    (SELECT count(*) FROM main.organizations) AS organizations,
    (SELECT count(*) FROM main.persons) AS persons,
    (SELECT count(*) FROM main.leads) AS leads,
    (SELECT count(*) FROM main.deals) AS deals
