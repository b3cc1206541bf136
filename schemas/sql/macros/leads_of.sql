-- Leads of one owner by name, or all if NULL.
CREATE OR REPLACE MACRO reports.leads_of(of_owner) AS TABLE
SELECT * FROM main.leads
WHERE of_owner IS NULL OR owner_id IN (SELECT user_id FROM main.users WHERE coalesce(name, email) = of_owner);
