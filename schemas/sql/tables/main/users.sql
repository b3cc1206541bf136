-- The people who work in the source systems: owners, authors, and those who move deals.
CREATE TABLE main.users (
    user_id VARCHAR NOT NULL,  -- Permanent id
    name VARCHAR,  -- Name as given; empty if sources only state an id
    email VARCHAR,  -- E-mail address
    source VARCHAR NOT NULL,  -- The system the user works in
    external_id VARCHAR  -- The source's id of it
);
