-- The people who work in the source systems: owners, authors, movers of deals.
CREATE TABLE main.users (
    user_id VARCHAR NOT NULL,  -- Lasting id
    name VARCHAR,  -- Name as given; empty where sources only mention an id
    email VARCHAR,  -- E-mail address
    source VARCHAR NOT NULL,  -- The system the user works in
    external_id VARCHAR  -- The id that the source gives
);
